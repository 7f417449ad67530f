-- One bucket: the same algorithm as crates/limits/src/bucket.rs, and a test holds the two together.
--
-- A bucket is three keys: its state (packed: life, seen, held, holds, newest_hold, spans, lasts, amounts), the open holds
-- (a hash of id to "at amount sent", or "ended charged") and their leases (a sorted set of id by the end of its lease, or by when
-- what it was charged need not be known any more).
-- Numbers are integers up to 2^53 - 1, where floating point is still exact; sums stop there.

local MOST = 9007199254740991
local CORRECTION = 3600000
local RULES = 4
local SLOTS_PER_RULE = 66
local MARGIN = 60000
local ORPHANS = 1000

local function server_time(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function add(a, b)
  return math.min(a + b, MOST)
end

local function sub(a, b)
  return math.max(a - b, 0)
end

local function new(life)
  return { life = life, seen = 0, held = 0, holds = 0, newest_hold = 0, spans = {}, lasts = {}, amounts = {} }
end

local function unpack_bucket(packed)
  local it = cmsgpack.unpack(packed)
  return {
    life = it[1], seen = it[2], held = it[3], holds = it[4], newest_hold = it[5],
    spans = it[6], lasts = it[7], amounts = it[8],
  }
end

local function load(key)
  local packed = redis.call('GET', key)
  return packed and unpack_bucket(packed) or nil
end

local function pack_bucket(b)
  return cmsgpack.pack({ b.life, b.seen, b.held, b.holds, b.newest_hold, b.spans, b.lasts, b.amounts })
end

-- Spans are kept flat: window, cell, window, cell, … newest use first.
local function horizon(b)
  local longest = 1
  for i = 1, #b.spans, 2 do longest = math.max(longest, b.spans[i]) end
  return longest
end

-- As long as anything in it may count, and its holds may be asked for.
local function lifetime(b, lease)
  return horizon(b) + MARGIN + (b.holds > 0 and lease or 0)
end

local function save(keys, b, lease)
  local ttl = lifetime(b, lease)
  redis.call('SET', keys.state, pack_bucket(b), 'PX', ttl)
  if b.holds > 0 then
    redis.call('PEXPIRE', keys.holds, ttl)
    redis.call('PEXPIRE', keys.leases, ttl)
  end
  return ttl
end

local function is_fixed(w, c) return w == c end

local function since(w, c, now)
  if is_fixed(w, c) then return now - now % w end
  return sub(now, w - 1)
end

local function leaves(w, c, last)
  local from = is_fixed(w, c) and last - last % w or last
  return from + w
end

local function joins(c, one, other)
  return math.floor(one / c) == math.floor(other / c)
end

local function all_join(b, one, other)
  for i = 2, #b.spans, 2 do
    if not joins(b.spans[i], one, other) then return false end
  end
  return true
end

local function newest(b)
  return b.lasts[#b.lasts] or 0
end

-- The clock of this bucket does not run backwards, unless it had been wrong by more than an hour.
local function steady(b, now)
  if now > b.seen or b.seen - now > CORRECTION then b.seen = now end
  return b.seen
end

local function align(b, now)
  local last = newest(b)
  if sub(last, now) <= CORRECTION then return math.max(last, now) end
  for i, it in ipairs(b.lasts) do b.lasts[i] = math.min(it, now) end
  return now
end

local function retained(b, now)
  return sub(now, horizon(b) - 1)
end

local function settled(b, now, w, c)
  local from = since(w, c, math.max(newest(b), now))
  local sum = 0
  for i = #b.lasts, 1, -1 do
    if b.lasts[i] < from then break end
    sum = add(sum, b.amounts[i])
  end
  return sum
end

local function learn(b, w, c)
  local spans = b.spans
  if spans[1] == w and spans[2] == c then return end
  for i = 1, #spans, 2 do
    if spans[i] == w and spans[i + 1] == c then
      table.remove(spans, i)
      table.remove(spans, i)
      break
    end
  end
  if #spans / 2 >= RULES then
    local longest = horizon(b)
    local victim = #spans - 1
    for i = #spans - 1, 1, -2 do
      if spans[i] < longest then
        victim = i
        break
      end
    end
    table.remove(spans, victim)
    table.remove(spans, victim)
  end
  table.insert(spans, 1, c)
  table.insert(spans, 1, w)
end

-- Joins neighbours that no rule tells apart.
local function merge(b, now)
  local lasts, amounts = {}, {}
  for i = 1, #b.lasts do
    local last, amount, n = b.lasts[i], b.amounts[i], #lasts
    local same = n > 0
    for s = 1, #b.spans, 2 do
      local w, c = b.spans[s], b.spans[s + 1]
      if same and not (last < since(w, c, now) or joins(c, lasts[n], last)) then same = false end
    end
    if same then
      lasts[n], amounts[n] = last, add(amounts[n], amount)
    else
      lasts[n + 1], amounts[n + 1] = last, amount
    end
  end
  b.lasts, b.amounts = lasts, amounts
end

local function charge(b, now, at, amount)
  now = align(b, now)
  at = math.min(at, now)
  local from = retained(b, now)
  if amount == 0 or at < from then return end
  local lasts, amounts = b.lasts, b.amounts
  local index = #lasts + 1
  while index > 1 and lasts[index - 1] >= at do index = index - 1 end
  if lasts[index] and all_join(b, lasts[index], at) then
    amounts[index] = add(amounts[index], amount)
  elseif lasts[index - 1] and all_join(b, lasts[index - 1], at) then
    lasts[index - 1], amounts[index - 1] = at, add(amounts[index - 1], amount)
  else
    table.insert(lasts, index, at)
    table.insert(amounts, index, amount)
    while lasts[1] and lasts[1] < from do
      table.remove(lasts, 1)
      table.remove(amounts, 1)
    end
    if #lasts > SLOTS_PER_RULE * math.max(#b.spans / 2, 1) then merge(b, now) end
  end
end

local function release(b, amount)
  b.held = sub(b.held, amount)
  b.holds = sub(b.holds, 1)
end

local function retry_after(b, now, rule)
  if rule.amount > rule.limit then return rule.window end
  local room = rule.limit - rule.amount
  if b.held > room then return 1000 end
  room = room - b.held
  local used = settled(b, now, rule.window, rule.cell)
  local from = since(rule.window, rule.cell, now)
  for i, last in ipairs(b.lasts) do
    if last >= from then
      used = sub(used, b.amounts[i])
      if used <= room then return math.max(sub(leaves(rule.window, rule.cell, last), now), 1) end
    end
  end
  return 1
end

-- When all that is used or held will have left.
local function all_left(b, now, w, c)
  local last = newest(b)
  if b.holds > 0 then last = math.max(last, b.newest_hold) end
  return math.max(leaves(w, c, last), now)
end

-- Nothing when there is room, else: settled, held, remaining, retry_after, reset_at. Then the time to charge.
local function check(b, now, rule)
  now = align(b, now)
  local used = settled(b, now, rule.window, rule.cell)
  if used + b.held + rule.amount <= rule.limit then return nil, now, { used, b.held } end
  return {
    used,
    b.held,
    sub(sub(rule.limit, used), b.held),
    retry_after(b, now, rule),
    all_left(b, now, rule.window, rule.cell),
  }, now
end

-- Ends holds whose holder has not renewed its lease: charged in full when the call had been sent, else given back. What was
-- charged is noted, in case the holder is heard of again, for as long as a charge to the time of its admission counts.
local function sweep(keys, b, now)
  if b.holds == 0 then return end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', keys.leases, '-inf', now, 'LIMIT', 0, ORPHANS)) do
    local hold = redis.call('HGET', keys.holds, id)
    redis.call('ZREM', keys.leases, id)
    local at, amount, sent = (hold or ''):match('^(%d+) (%d+) (%d)$')
    local over = 0
    if at then
      at, amount = tonumber(at), tonumber(amount)
      release(b, amount)
      local charged = sent == '1' and amount or 0
      charge(b, b.seen, at, charged)
      redis.call('HSET', keys.holds, id, 'ended ' .. string.format('%.0f', charged))
      over = at + horizon(b)
    end
    if over > now then
      redis.call('ZADD', keys.leases, over, id)
    else
      redis.call('HDEL', keys.holds, id)
    end
  end
end

local function keys_at(first)
  return { state = KEYS[first], holds = KEYS[first + 1], leases = KEYS[first + 2] }
end
