-- Holders are alive. KEYS: three a hold. ARGV: time, lease, ids. How many leases are still there.

local now, lease = server_time(ARGV[1]), tonumber(ARGV[2])
local found = 0
for i = 1, #KEYS / 3 do
  local keys, id = keys_at((i - 1) * 3 + 1), ARGV[i + 2]
  if redis.call('ZSCORE', keys.leases, id) then
    -- Not shortened: one that has ended is remembered for longer.
    redis.call('ZADD', keys.leases, 'GT', now + lease, id)
    found = found + 1
    local longest = 2 * lease + MARGIN
    for _, key in pairs(keys) do
      if redis.call('PTTL', key) < longest then redis.call('PEXPIRE', key, longest) end
    end
  end
end
return found
