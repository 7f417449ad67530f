-- What is worth keeping elsewhere. KEYS: states. For each: its packed state and when nothing of it can count any more, open holds
-- aside, so that a newer state always has the later end; empty and 0 when it is gone.

local reply = {}
for _, key in ipairs(KEYS) do
  local packed = redis.call('GET', key)
  local b = packed and unpack_bucket(packed)
  reply[#reply + 1] = packed or ''
  reply[#reply + 1] = b and b.seen + horizon(b) + MARGIN or 0
end
return reply
