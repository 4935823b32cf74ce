-- The time in ms since the epoch: the one that is given, for tests, or, where that is empty, the server's own.
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

