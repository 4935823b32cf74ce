-- The books of an execution; what a step over them begins with, after step.lua. Accounts are read once and written once
-- a step: `writeBooks` has to be its last word.
local open, expiry, settled, moves = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local books, touched = {}, {}
local parts = { 'limit', 'reserved', 'used' }

-- Limit, reserved and used of an account, each {tokens, micro-dollars}.
local function account(name)
  local book = books[name]
  if book then return book end
  local limit, reserved, used = name .. '.limit.', name .. '.reserved.', name .. '.used.'
  local held = redis.call('HMGET', accounts, limit .. 'tokens', limit .. 'microDollars',
    reserved .. 'tokens', reserved .. 'microDollars', used .. 'tokens', used .. 'microDollars')
  book = {
    isOpen = held[1] and true,
    limit = { tonumber(held[1] or 0), tonumber(held[2] or 0) },
    reserved = { tonumber(held[3] or 0), tonumber(held[4] or 0) },
    used = { tonumber(held[5] or 0), tonumber(held[6] or 0) },
  }
  books[name] = book
  return book
end

local function change(name, part, tokens, microDollars)
  local pair = account(name)[part]
  pair[1], pair[2], pair.isChanged = pair[1] + tokens, pair[2] + microDollars, true
end

local function writeBooks()
  local values, count = {}, 0
  for name, book in pairs(books) do
    for _, part in ipairs(parts) do
      local pair = book[part]
      if pair.isChanged then
        local field = name .. '.' .. part .. '.'
        values[count + 1], values[count + 2] = field .. 'tokens', string.format('%.0f', pair[1])
        values[count + 3], values[count + 4] = field .. 'microDollars', string.format('%.0f', pair[2])
        count = count + 4
      end
    end
  end
  if count > 0 then
    redis.call('HSET', accounts, unpack(values))
    touched[accounts] = true
  end
  for key in pairs(touched) do keep(key) end
end

-- Closes an open reservation, and gives what it set aside back to the accounts that it came from.
local function giveBack(key)
  local data = redis.call('HGET', open, key)
  if not data then return nil end
  redis.call('HDEL', open, key)
  redis.call('ZREM', expiry, key)
  local booking = cjson.decode(data)
  change('execution', 'reserved', -booking.tokens, -booking.microDollars)
  change(booking.account, 'reserved', -booking.tokens, -booking.microDollars)
  return data, booking.account
end

-- Gives back what nobody settled in time, a bounded number a step. Returns whether there may be more.
local function expire()
  local due = redis.call('ZRANGEBYSCORE', expiry, '-inf', string.format('%.0f', now), 'LIMIT', 0, 100)
  for _, key in ipairs(due) do
    local data, name = giveBack(key)
    tell('budget.expired', key, name, 0, data)
  end
  return #due == 100
end
