-- Lets go of a name; a second time with the same fence changes nothing.
-- KEYS[1..4] as in step
-- ARGV[1..4] as in step  ARGV[5] name  ARGV[6] fence  ARGV[7] owner  ARGV[8] data of its event (JSON)
-- Returns {'released', number of the last event} or {'stale', ..} as in step
local name, fence = ARGV[5], ARGV[6]

local held = holder(name)
if not held or held.fence ~= fence then return stale(name, fence, held) end
if held.released then return { 'released', seq } end

held.released = true
hold(name, held)
tell('claim.released', name .. ':' .. fence, ARGV[7], fence, ARGV[8])
return { 'released', seq }
