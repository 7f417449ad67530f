-- Puts an entry there within the bound of all: first those go that end first.
-- KEYS: the entry, when entries end, what they occupy.
-- ARGV: the entry's id, its bytes, how many ms it stays, when it ends, what it occupies, most of all, what names begin with.
local entry, ends, sizes = KEYS[1], KEYS[2], KEYS[3]
local id, stays, size, most = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
-- Nobody has to go for what fits nowhere.
if size > most then return 0 end
local total = tonumber(redis.call('HGET', sizes, 'total') or '0')

local function forget(it)
  total = total - tonumber(redis.call('HGET', sizes, it) or '0')
  redis.call('HDEL', sizes, it)
  redis.call('ZREM', ends, it)
  redis.call('UNLINK', ARGV[7] .. it)
end

forget(id)
-- Never for longer than others can wait.
for _ = 1, 1000 do
  if total + size <= most then break end
  local first = redis.call('ZRANGE', ends, 0, 0)[1]
  if not first then break end
  forget(first)
end

local fits = total + size <= most
if fits then
  total = total + size
  redis.call('SET', entry, ARGV[2], 'PX', stays)
  redis.call('ZADD', ends, ARGV[4], id)
  redis.call('HSET', sizes, id, size)
end
redis.call('HSET', sizes, 'total', total)
for _, key in ipairs({ends, sizes}) do
  if redis.call('PTTL', key) < stays then redis.call('PEXPIRE', key, stays) end
end
return fits and 1 or 0
