-- Calls of holds are about to leave. KEYS: the holds of each bucket. ARGV: their ids. How many are there.

local found = 0
for i, key in ipairs(KEYS) do
  local hold = redis.call('HGET', key, ARGV[i])
  local at, amount = (hold or ''):match('^(%d+) (%d+) %d$')
  if at then
    redis.call('HSET', key, ARGV[i], at .. ' ' .. amount .. ' 1')
    found = found + 1
  end
end
return found
