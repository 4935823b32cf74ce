-- Renews the lifetime of the keys of an execution that goes on.
-- KEYS all keys to keep
-- ARGV[1] lifetime in ms
-- Returns {'kept'}
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
return { 'kept' }
