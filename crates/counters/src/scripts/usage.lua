-- For reading. KEYS: state, holds, leases. ARGV: time, lease, window, cell. {settled, held, open holds}.

local now, lease = server_time(ARGV[1]), tonumber(ARGV[2])
local keys = keys_at(1)
local b = load(keys.state)
if not b then return { 0, 0, 0 } end
local time = steady(b, now)
sweep(keys, b, now)
local used = settled(b, time, tonumber(ARGV[3]), tonumber(ARGV[4]))
save(keys, b, lease)
return { used, b.held, b.holds }
