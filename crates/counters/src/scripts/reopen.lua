-- Holds of a node that has found the server again. KEYS: three a hold. ARGV: time, lease, life, then for each hold: id, at, amount,
-- sent (1 or 0), window, cell, life. One that the server has lost is held again, whatever room there is: its call may be under way.
-- How many were.

local now, lease, life = server_time(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = 0
for i = 1, #KEYS / 3 do
  local keys, from = keys_at((i - 1) * 3 + 1), 3 + (i - 1) * 7
  local id, at, amount = ARGV[from + 1], tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3])
  local b = load(keys.state)
  local lost = not b or b.life ~= tonumber(ARGV[from + 7])
  if lost and redis.call('HEXISTS', keys.holds, id) == 0 then
    b = b or new(life)
    learn(b, tonumber(ARGV[from + 5]), tonumber(ARGV[from + 6]))
    b.held = add(b.held, amount)
    b.holds = b.holds + 1
    b.newest_hold = math.max(b.newest_hold, at)
    redis.call('HSET', keys.holds, id, string.format('%.0f %.0f %s', at, amount, ARGV[from + 4]))
    redis.call('ZADD', keys.leases, now + lease, id)
    save(keys, b, lease)
    held = held + 1
  end
end
return held
