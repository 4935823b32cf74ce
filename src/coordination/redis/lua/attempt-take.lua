-- Takes a worker's attempt: free or lapsed, it gets a new fence; held by the same owner, it keeps its fence.
-- KEYS[1] hash of the attempt: owner, fence, until (ms since the epoch), and, once it has ended, envelope
-- ARGV[1] owner   ARGV[2] lease in ms   ARGV[3] lifetime in ms   ARGV[4] the clock in ms; empty: the server's own
-- Returns {'taken', fence}, {'held', owner, ms that its lease has left} or {'ended', envelope}
local attempt, owner = KEYS[1], ARGV[1]

local held = redis.call('HMGET', attempt, 'owner', 'fence', 'until', 'envelope')
if held[4] then return { 'ended', held[4] } end

local now = clock(ARGV[4])
local left = held[3] and tonumber(held[3]) - now or 0
if held[1] and held[1] ~= owner and left > 0 then return { 'held', held[1], string.format('%.0f', left) } end

local fence = tonumber(held[2] or '0')
if held[1] ~= owner then fence = fence + 1 end
redis.call('HSET', attempt, 'owner', owner, 'fence', fence, 'until', string.format('%.0f', now + tonumber(ARGV[2])))
redis.call('PEXPIRE', attempt, ARGV[3])
return { 'taken', tostring(fence) }
