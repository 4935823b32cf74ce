-- Takes a name that is free, lapsed, let go of, or its owner's own; or says who holds it.
-- KEYS[1..4] as in step
-- ARGV[1..4] as in step  ARGV[5] name  ARGV[6] owner  ARGV[7] lease in ms  ARGV[8] token: the same for each try of one call
-- ARGV[9] data of its event without `expiresAt` (JSON)
-- Returns {'taken', number of the last event, fence} or {'held', owner}
local name, owner, token = ARGV[5], ARGV[6], ARGV[8]

local held = holder(name)
if held and held.token == token then return { 'taken', seq, held.fence } end
if held and held.owner ~= owner and not held.released and held.expires > now then return { 'held', held.owner } end

local fence = string.format('%.0f', (held and tonumber(held.fence) or 0) + 1)
local expires = now + tonumber(ARGV[7])
hold(name, { fence = fence, expires = expires, released = false, token = token, owner = owner })
keep(claims)
tell('claim.taken', name .. ':' .. fence, owner, fence, with(ARGV[9], 'expiresAt', iso(expires)))
return { 'taken', seq, fence }
