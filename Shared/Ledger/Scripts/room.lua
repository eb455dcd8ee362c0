-- What plans take of clusters before anybody sees it there: of each cluster a hash, the intent → "place at what".
-- KEYS[1] the counter, then of each cluster its hash. ARGV: id ('' nobody takes anything), ms after which an entry is over, the most entries of a cluster,
-- then of each cluster what the intent takes of it ('' nothing any more), then in threes entries that are over: number of the cluster, id, place.
local id, lasts, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {now, 0}
local function place(entry) return tonumber(string.match(entry, '^(%d+) ')) end
for index = 3 + #KEYS, #ARGV, 3 do
  local key = KEYS[1 + tonumber(ARGV[index])]
  local entry = redis.call('HGET', key, ARGV[index + 1])
  -- Of another place it is what a later plan of the same intent takes.
  if entry and place(entry) == tonumber(ARGV[index + 2]) then redis.call('HDEL', key, ARGV[index + 1]) end
end
if id ~= '' then answer[2] = redis.call('INCR', KEYS[1]) end
for number = 2, #KEYS do
  local key = KEYS[number]
  local entries, there, oldest = redis.call('HGETALL', key), {}, nil
  for index = 1, #entries, 2 do
    local other, entry = entries[index], entries[index + 1]
    local at = tonumber(string.match(entry, '^%d+ (%d+) '))
    if not at or at + lasts < now then
      if id ~= '' then redis.call('HDEL', key, other) end
    elseif other ~= id then
      there[#there + 1] = other
      there[#there + 1] = entry
      if not oldest or place(entry) < place(oldest[2]) then oldest = {other, entry} end
    end
  end
  if id ~= '' then
    local what = ARGV[2 + number]
    if what == '' then
      redis.call('HDEL', key, id)
    else
      if #there / 2 >= most and oldest then redis.call('HDEL', key, oldest[1]) end
      redis.call('HSET', key, id, string.format('%.0f %.0f ', answer[2], now) .. what)
      redis.call('PEXPIRE', key, lasts)
    end
  end
  answer[#answer + 1] = there
end
return answer
