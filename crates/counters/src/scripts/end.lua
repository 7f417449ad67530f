-- Ends one hold. KEYS: marker, state, holds, leases. ARGV: time, lease, id, real (empty: given back), at, amount, window, cell, life,
-- a life for a bucket that is not there any more. What has ended already stays as it is, so this may be sent again.
-- 1: ended now; 2: its lease had ended, only what was above the hold is charged; 3: it had been lost; 0: known already;
-- -1: everything was lost, and what was kept of it is not back yet.

if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local now, lease, id = server_time(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local real, at, amount = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local window, cell, life = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local keys = keys_at(2)
local b = load(keys.state)
local hold = redis.call('HGET', keys.holds, id)
local result = 0

if hold then
  redis.call('HDEL', keys.holds, id)
  redis.call('ZREM', keys.leases, id)
end
local charged = hold and hold:match('^ended (%d+)$')
if hold and b and not charged then
  local time = steady(b, now)
  release(b, amount)
  if real then
    learn(b, window, cell)
    charge(b, time, at, real)
  end
  result = 1
elseif charged and b then
  learn(b, window, cell)
  charge(b, steady(b, now), at, sub(real or 0, tonumber(charged)))
  result = 2
elseif not b or b.life ~= life then
  b = b or new(tonumber(ARGV[10]))
  learn(b, window, cell)
  charge(b, steady(b, now), at, real or 0)
  result = 3
end
if result > 0 then save(keys, b, lease) end
return result
