-- For people. KEYS: three a bucket. ARGV: time, lease, then window and cell for each bucket.
-- For each: settled, held, when the oldest of what is settled leaves (0: there is none), when everything has left; all 0 when there is nothing.
-- A bucket that is only looked at does not live longer for it, unless it has holds whose leases have ended: they are settled first.

local now, lease = server_time(ARGV[1]), tonumber(ARGV[2])
local reply = {}
for i = 1, #KEYS / 3 do
  local keys, w, c = keys_at((i - 1) * 3 + 1), tonumber(ARGV[1 + i * 2]), tonumber(ARGV[2 + i * 2])
  local b = load(keys.state)
  local used, held, refills, reset = 0, 0, 0, 0
  if b then
    local time = steady(b, now)
    if b.holds > 0 and redis.call('ZCOUNT', keys.leases, '-inf', now) > 0 then
      sweep(keys, b, now)
      save(keys, b, lease)
    end
    used, held = settled(b, time, w, c), b.held
    local from = since(w, c, math.max(newest(b), time))
    for _, last in ipairs(b.lasts) do
      if last >= from then
        refills = leaves(w, c, last)
        break
      end
    end
    reset = all_left(b, time, w, c)
  end
  for _, it in ipairs({ used, held, refills, reset }) do reply[#reply + 1] = it end
end
return reply
