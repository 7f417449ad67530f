-- Forgets what was counted and settled. KEYS: marker, state, holds, leases. ARGV: time, lease, window, cell.
-- Open holds stay held, and are settled when they end. {settled, held} as it was; {} when everything was lost and is not back yet.

if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local now, lease = server_time(ARGV[1]), tonumber(ARGV[2])
local keys = keys_at(2)
local b = load(keys.state)
if not b then return { 0, 0 } end
local time = steady(b, now)
sweep(keys, b, now)
local used = settled(b, time, tonumber(ARGV[3]), tonumber(ARGV[4]))
b.lasts, b.amounts = {}, {}
-- Later than any reading of what is forgotten, so that none of those is kept in its place.
b.seen = b.seen + 1
save(keys, b, lease)
return { used, b.held }
