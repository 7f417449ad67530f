-- What is worth keeping elsewhere. KEYS: states. For each: its packed state and the milliseconds it lives; empty when it is gone.

local reply = {}
for _, key in ipairs(KEYS) do
  reply[#reply + 1] = redis.call('GET', key) or ''
  reply[#reply + 1] = redis.call('PTTL', key)
end
return reply
