-- Lists every name that is held, also where its lease has lapsed.
-- KEYS[1..4] as in step
-- ARGV[1..4] as in step
-- Returns {'claims', {name, owner, fence, ms that its lease has left}..}
local found = { 'claims' }
local all = redis.call('HGETALL', claims)
for field = 1, #all, 2 do
  local name, held = all[field], parse(all[field + 1])
  if not held.released then
    found[#found + 1] = { name, held.owner, held.fence, string.format('%.0f', held.expires - now) }
  end
end
return found
