-- Puts states back that were exported, where there are none. KEYS: states. ARGV: lease, life, then the states.
-- Holds are not in an export: their holders bring them back (reopen.lua).

local lease, life = tonumber(ARGV[1]), tonumber(ARGV[2])
local restored = 0
for i, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 0 then
    local b = unpack_bucket(ARGV[i + 2])
    b.life, b.held, b.holds = life, 0, 0
    redis.call('SET', key, pack_bucket(b), 'PX', lifetime(b, lease))
    restored = restored + 1
  end
end
return restored
