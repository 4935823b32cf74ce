-- Ends an attempt with its envelope. The first envelope stays; its own holder may say it again.
-- KEYS[1] hash of the attempt, as in attempt-take
-- ARGV[1] fence   ARGV[2] envelope   ARGV[3] lifetime in ms
-- Returns {'finished'} or {'stale'}
local attempt = KEYS[1]

if redis.call('HGET', attempt, 'fence') ~= ARGV[1] then return { 'stale' } end

redis.call('HSETNX', attempt, 'envelope', ARGV[2])
redis.call('PEXPIRE', attempt, ARGV[3])
return { 'finished' }
