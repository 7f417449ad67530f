-- All or nothing. KEYS: marker, then three a bucket. ARGV: time (empty: the server's), lease, life, then for each bucket:
-- limit, window, cell, amount, hold id (empty: a count).
-- {1, then for each bucket at, life, and what it had before: settled, held}; {0, index, settled, held, remaining, retry_after, reset_at}; {2}: everything was lost.

if redis.call('EXISTS', KEYS[1]) == 0 then return { 2 } end
local now, lease, life = server_time(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local count = (#KEYS - 1) / 3
local buckets = {}

for i = 1, count do
  local from = 3 + (i - 1) * 5
  local rule = {
    limit = tonumber(ARGV[from + 1]), window = tonumber(ARGV[from + 2]), cell = tonumber(ARGV[from + 3]),
    amount = tonumber(ARGV[from + 4]), id = ARGV[from + 5],
  }
  local keys = keys_at(2 + (i - 1) * 3)
  local known = load(keys.state)
  local b = known or new(life)
  local time = steady(b, now)
  sweep(keys, b, now)
  learn(b, rule.window, rule.cell)
  local refusal, at, found = check(b, time, rule)
  buckets[i] = { keys = keys, b = b, rule = rule, at = at, known = known, found = found }
  if refusal then
    for _, it in ipairs(buckets) do
      if it.known then save(it.keys, it.b, lease) end
    end
    return { 0, i - 1, unpack(refusal) }
  end
end

local reply = { 1 }
for _, it in ipairs(buckets) do
  local b, rule, keys = it.b, it.rule, it.keys
  if rule.id == '' then
    charge(b, it.at, it.at, rule.amount)
  else
    b.held = add(b.held, rule.amount)
    b.holds = b.holds + 1
    b.newest_hold = it.at
    redis.call('HSET', keys.holds, rule.id, string.format('%.0f %.0f 0', it.at, rule.amount))
    redis.call('ZADD', keys.leases, now + lease, rule.id)
  end
  save(keys, b, lease)
  reply[#reply + 1] = it.at
  reply[#reply + 1] = b.life
  reply[#reply + 1] = it.found[1]
  reply[#reply + 1] = it.found[2]
end
return reply
