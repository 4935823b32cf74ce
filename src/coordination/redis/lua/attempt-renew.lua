-- Gives the holder of an attempt its lease anew; a lapsed one too, as long as nobody has taken it.
-- KEYS[1] hash of the attempt, as in attempt-take
-- ARGV[1] fence   ARGV[2] lease in ms   ARGV[3] lifetime in ms   ARGV[4] the clock in ms; empty: the server's own
-- Returns {'renewed'} or {'stale'}
local attempt = KEYS[1]

local held = redis.call('HMGET', attempt, 'fence', 'envelope')
if held[1] ~= ARGV[1] or held[2] then return { 'stale' } end

redis.call('HSET', attempt, 'until', string.format('%.0f', clock(ARGV[4]) + tonumber(ARGV[2])))
redis.call('PEXPIRE', attempt, ARGV[3])
return { 'renewed' }
