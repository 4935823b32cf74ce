-- Gives a claim its lease anew, a lapsed one too, as long as nobody has taken it; gives back what has expired.
-- KEYS[1..7] as in step
-- ARGV[1..4] as in step  ARGV[5] name  ARGV[6] fence  ARGV[7] lease in ms
-- Returns {'renewed', number of the last event} or {'stale', ..} as in step
local name, fence = ARGV[5], ARGV[6]

local held = holder(name)
if not isCurrent(held, fence) then return stale(name, fence, held) end

held.expires = now + tonumber(ARGV[7])
hold(name, held)
expire()
writeBooks()
return { 'renewed', seq }
