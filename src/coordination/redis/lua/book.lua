-- Reserves, settles and moves budget: several wishes in one step, one after the other, each answered alone.
-- KEYS[1..9] as in step
-- ARGV[1..4] as in step  ARGV[5] number of wishes; then of each wish
--   reserve  account  key  tokens  micro-dollars  booking (JSON)  lease in ms  fence of the account's claim, 0 for none
--   settle   account  key  tokens  micro-dollars  booking (JSON)
--   move     key  from: a master, reserve or person  to  tokens  micro-dollars  data of its event (JSON)
-- Returns {'booked', number of the last event, answer of each wish..}: {'granted'}, {'refused', why}, {'settled'},
-- {'stale', ..} as in step, or {'more'} where more has to be given back before anything can be said
local granted, booked = { 'granted' }, { 'settled' }

local hasMore
local function expireOnce()
  if hasMore == nil then hasMore = expire() end
  return hasMore
end

local function noAccount(name)
  return name .. ' has no account in this execution'
end

-- Why an account can't give that much; nil where it can. What it has left is never below 0.
local function refusal(from, name, tokens, microDollars)
  local book = account(from)
  if not book.isOpen then return noAccount(name) end
  local limit, reserved, used = book.limit, book.reserved, book.used
  local form = '%s has %.0f %s left, %.0f are needed'
  local left = math.max(0, limit[1] - reserved[1] - used[1])
  if tokens > left then return string.format(form, name, left, 'tokens', tokens) end
  left = math.max(0, limit[2] - reserved[2] - used[2])
  if microDollars > left then return string.format(form, name, left, 'micro-dollars', microDollars) end
  return nil
end

local function reserve(name, key, tokens, microDollars, booking, lease, fence)
  if fence ~= '0' then
    local held = holder(name)
    if not isCurrent(held, fence) then return stale(name, fence, held) end
  end
  if expireOnce() then return { 'more' } end
  if redis.call('HEXISTS', settled, key) == 1 then return granted end

  local why = refusal(name, name, tokens, microDollars) or refusal('execution', 'the execution', tokens, microDollars)
  if why then return redis.call('HEXISTS', open, key) == 1 and granted or { 'refused', why } end
  if redis.call('HSETNX', open, key, booking) == 0 then return granted end

  local expires = now + tonumber(lease)
  redis.call('ZADD', expiry, string.format('%.0f', expires), key)
  change('execution', 'reserved', tokens, microDollars)
  change(name, 'reserved', tokens, microDollars)
  touched[open], touched[expiry] = true, true
  tell('budget.reserved', key, name, fence, with(booking, 'expiresAt', iso(expires)))
  return granted
end

-- What was spent counts for the account that says so; the reservation goes back to the one that made it.
local function settle(name, key, tokens, microDollars, booking)
  if redis.call('HSETNX', settled, key, booking) == 0 then return booked end
  giveBack(key)
  change('execution', 'used', tokens, microDollars)
  if account(name).isOpen then change(name, 'used', tokens, microDollars) end
  touched[settled] = true
  tell('budget.settled', key, name, 0, booking)
  return booked
end

-- From master to master the execution's limit stays; the reserve and a person raise it.
local function move(key, from, to, tokens, microDollars, data)
  if expireOnce() then return { 'more' } end
  if redis.call('HEXISTS', moves, key) == 1 then return granted end

  local why = not account(to).isOpen and noAccount(to) or nil
  if not why and from ~= 'person' then
    why = refusal(from, from == 'reserve' and 'the reserve' or from, tokens, microDollars)
  end
  if why then return { 'refused', why } end

  if from ~= 'person' then change(from, 'limit', -tokens, -microDollars) end
  if from == 'person' or from == 'reserve' then change('execution', 'limit', tokens, microDollars) end
  change(to, 'limit', tokens, microDollars)
  redis.call('HSET', moves, key, data)
  touched[moves] = true
  tell('budget.moved', key, 'coordinator-master', 0, data)
  return granted
end

local answers = { 'booked', 0 }
local at = 6
for wish = 1, tonumber(ARGV[5]) do
  local kind, a, b, c, d, e = unpack(ARGV, at, at + 5)
  if kind == 'reserve' then
    answers[wish + 2] = reserve(a, b, tonumber(c), tonumber(d), e, ARGV[at + 6], ARGV[at + 7])
    at = at + 8
  elseif kind == 'settle' then
    answers[wish + 2] = settle(a, b, tonumber(c), tonumber(d), e)
    at = at + 6
  else
    answers[wish + 2] = move(a, b, c, tonumber(d), tonumber(e), ARGV[at + 6])
    at = at + 7
  end
end
writeBooks()
answers[2] = seq
return answers
