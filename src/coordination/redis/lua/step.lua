-- What each step over the log of an execution begins with; it stands before every one of them.
-- KEYS[1] meta  KEYS[2] events  KEYS[3] ids  KEYS[4] claims  KEYS[5] accounts  KEYS[6] open  KEYS[7] expiry
-- KEYS[8] settled  KEYS[9] moves; a step gets the first few, as many as it needs
-- ARGV[1] incarnation  ARGV[2] highest number of an event that the caller knows  ARGV[3] lifetime of keys in ms
-- ARGV[4] the clock in ms; empty: the server's own
-- Returns {'lost'} where the log is not the one that the caller knows, or has fewer events; else the step goes on
local meta, events, ids, claims, accounts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local lifetime = ARGV[3]

-- Numbers have no gaps and nothing is ever trimmed: the length of the log is its last number.
local seq = redis.call('XLEN', events)
if redis.call('HGET', meta, 'incarnation') ~= ARGV[1] or seq < tonumber(ARGV[2]) or redis.call('HLEN', ids) ~= seq then
  return { 'lost' }
end

local now = clock(ARGV[4])

-- ISO 8601, UTC; the last one is remembered, since what comes together often lasts as long. Years are counted from March on, in eras of 400 (Gregorian calendar, proleptic).
local isoMs, isoText
local function iso(ms)
  if ms == isoMs then return isoText end
  local floor = math.floor
  local day = floor(ms / 86400000)
  local inDay = ms - day * 86400000
  local era = floor((day + 719468) / 146097)
  local inEra = day + 719468 - era * 146097
  local year = floor((inEra - floor(inEra / 1460) + floor(inEra / 36524) - floor(inEra / 146096)) / 365)
  local inYear = inEra - (365 * year + floor(year / 4) - floor(year / 100))
  local month = floor((5 * inYear + 2) / 153)
  local date = inYear - floor((153 * month + 2) / 5) + 1
  year = year + era * 400
  if month < 10 then month = month + 3 else month, year = month - 9, year + 1 end
  local minutes = floor(inDay / 60000)
  isoMs, isoText = ms, string.format('%04d-%02d-%02dT%02d:%02d:%06.3fZ',
    year, month, date, floor(minutes / 60), minutes % 60, (inDay % 60000) / 1000)
  return isoText
end

local at
local function add(id, actor, fence, type, data)
  at = at or iso(now)
  seq = seq + 1
  redis.call('XADD', events, seq .. '-0',
    'id', id, 'actor', actor, 'fence', fence, 'type', type, 'at', at, 'data', data)
  if seq > 1 then return end
  redis.call('PEXPIRE', events, lifetime)
  redis.call('PEXPIRE', ids, lifetime)
end

-- An event of the store itself. A key may come again where it was given back in between: its number tells them apart.
local function tell(type, key, actor, fence, data)
  local id = type .. ':' .. key
  if redis.call('HSETNX', ids, id, seq + 1) == 0 then
    id = id .. ':' .. (seq + 1)
    redis.call('HSET', ids, id, seq + 1)
  end
  add(id, actor, fence, type, data)
end

local function with(data, name, text)
  return string.sub(data, 1, -2) .. ',"' .. name .. '":"' .. text .. '"}'
end

local function keep(key)
  redis.call('PEXPIRE', key, lifetime, 'NX')
end

-- Who holds a name: '<fence> <expires, ms> <1: released> <token of its taking> <owner>'.
local function parse(held)
  local fence, expires, released, token, owner = string.match(held, '^(%d+) (%d+) ([01]) (%S+) (.*)$')
  return { fence = fence, expires = tonumber(expires), released = released == '1', token = token, owner = owner }
end

local function holder(name)
  local held = redis.call('HGET', claims, name)
  return held and parse(held) or nil
end

local function hold(name, held)
  redis.call('HSET', claims, name, string.format('%s %.0f %d %s %s',
    held.fence, held.expires, held.released and 1 or 0, held.token, held.owner))
end

local function stale(name, fence, held)
  return { 'stale', name, fence, held and held.fence or '', held and held.released and 1 or 0 }
end

local function isCurrent(held, fence)
  return held and not held.released and held.fence == fence
end
