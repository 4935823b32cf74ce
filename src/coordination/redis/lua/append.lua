-- Writes the events of several calls, each call whole or not at all; what is known already is dropped.
-- KEYS[1..5] as in step
-- ARGV[1..4] as in step  ARGV[5] how many events the log may have  ARGV[6] number of calls; then of each call the
-- number of its events, and of each event id, actor, fence, type, data (JSON)  ARGV[last] 1: an earlier try may have written
-- Returns {'kept', time, answer of each call..}: a list of numbers, 0 for what was dropped, {number, time} for what an
-- earlier try may have written; or {'stale', ..} as in step, or {'full'}
local limit, again = tonumber(ARGV[5]), ARGV[#ARGV] == '1'

-- The fence of each writer is looked up once; no step of a group can change a claim.
local holders = {}
local function holderOnce(name)
  if holders[name] == nil then holders[name] = holder(name) or false end
  return holders[name]
end

local function judge(first, count)
  if seq + count > limit then return { 'full' } end
  for at = first, first + (count - 1) * 5, 5 do
    local actor, fence = ARGV[at + 1], ARGV[at + 2]
    local held = fence ~= '0' and holderOnce(actor)
    if held and not isCurrent(held, fence) then return stale(actor, fence, held) end
  end
  return nil
end

local function openAccounts(data)
  local budget, masters = data.budget, data.masters
  if redis.call('HEXISTS', accounts, 'opened') == 1 then return end
  local fields = {
    'execution.limit.tokens', string.format('%.0f', budget.tokens - budget.reserveTokens),
    'execution.limit.microDollars', string.format('%.0f', budget.microDollars - budget.reserveMicroDollars),
    'reserve.limit.tokens', string.format('%.0f', budget.reserveTokens),
    'reserve.limit.microDollars', string.format('%.0f', budget.reserveMicroDollars),
  }
  if #masters > 0 then
    fields[#fields + 1], fields[#fields + 2] = 'opened', '1'
  end
  redis.call('HSET', accounts, unpack(fields))
  for _, master in ipairs(masters) do
    redis.call('HSET', accounts, master.name .. '.limit.tokens', string.format('%.0f', master.tokens),
      master.name .. '.limit.microDollars', string.format('%.0f', master.microDollars))
  end
  keep(accounts)
end

local function knownAs(id)
  local number = redis.call('HGET', ids, id)
  local entry = redis.call('XRANGE', events, number .. '-0', number .. '-0')[1][2]
  for field = 1, #entry, 2 do
    if entry[field] == 'at' then return { tonumber(number), entry[field + 1] } end
  end
end

local function write(first)
  local id, type, data = ARGV[first], ARGV[first + 3], ARGV[first + 4]
  if redis.call('HSETNX', ids, id, seq + 1) == 0 then return again and knownAs(id) or 0 end
  add(id, ARGV[first + 1], ARGV[first + 2], type, data)
  if type == 'execution.started' then openAccounts(cjson.decode(data)) end
  return seq
end

local answers = { 'kept', '' }
local first = 7
for call = 1, tonumber(ARGV[6]) do
  local count = tonumber(ARGV[first])
  local answer = judge(first + 1, count)
  if not answer then
    answer = {}
    for event = 1, count do answer[event] = write(first + 1 + (event - 1) * 5) end
  end
  answers[call + 2] = answer
  first = first + 1 + count * 5
end
answers[2] = at or ''
return answers
