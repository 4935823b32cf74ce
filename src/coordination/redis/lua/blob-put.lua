-- Keeps one chunk of a blob. With its last missing chunk the blob becomes whole, in the same step, whoever brings it.
-- Writers of one hash bring the same chunks: running it twice, or two of them at once, changes nothing.
-- KEYS[1] hash of the blob: fields 0..n-1 are its chunks, `claimed` its size until it is whole, `bytes` its size from then on
-- KEYS[2] bytes of all blobs of the execution
-- ARGV[1] bytes of the whole blob     ARGV[2] number of its chunks
-- ARGV[3] index of this chunk, from 0 ARGV[4] its content
-- ARGV[5] lifetime in ms              ARGV[6] bytes that all blobs of the execution may have
-- Returns {'whole'}, {'more'} or {'full', bytes that are taken}
local blob, taken = KEYS[1], KEYS[2]
local bytes, chunks, lifetime = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[5]

if redis.call('HEXISTS', blob, 'bytes') == 1 then
  redis.call('PEXPIRE', blob, lifetime)
  return { 'whole' }
end

-- Room for all of it is taken with the first chunk, so that no blob has to stop half way.
if redis.call('HEXISTS', blob, 'claimed') == 0 then
  local before = tonumber(redis.call('GET', taken) or '0')
  if before + bytes > tonumber(ARGV[6]) then return { 'full', tostring(before) } end
  redis.call('INCRBY', taken, bytes)
  redis.call('HSET', blob, 'claimed', bytes)
end

redis.call('HSET', blob, ARGV[3], ARGV[4])
redis.call('PEXPIRE', blob, lifetime)
redis.call('PEXPIRE', taken, lifetime)
if redis.call('HLEN', blob) < chunks + 1 then return { 'more' } end

redis.call('HSET', blob, 'bytes', bytes)
redis.call('HDEL', blob, 'claimed')
return { 'whole' }
