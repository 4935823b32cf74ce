-- Creates an execution, or finds it.
-- KEYS[1] meta
-- ARGV[1] incarnation, where it is created by this call  ARGV[2] lifetime of keys in ms
-- Returns {'created', incarnation}, also where it was the first try of this call; {'found', incarnation} otherwise
local meta, incarnation = KEYS[1], ARGV[1]

if redis.call('HSETNX', meta, 'incarnation', incarnation) == 1 then
  redis.call('PEXPIRE', meta, ARGV[2])
  return { 'created', incarnation }
end

local found = redis.call('HGET', meta, 'incarnation')
return { found == incarnation and 'created' or 'found', found }
