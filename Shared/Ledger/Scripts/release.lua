-- Gives up an intent's claims and wishes, and names who may go on: who is first on each of its objects now, and who stands there.
-- KEYS[1] the counter, KEYS[2] the intent's set of objects. ARGV: id, the place it must have ('' any), ms for which the release is remembered,
-- how many of those who stand there are named, and the object where it must have that place: it goes from there even if its own set knows nothing
-- of it (any more), or who waits there would wait for ever.
local id, place, remember, most, met = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local held = redis.call('SMEMBERS', KEYS[2])
if met ~= '' then
  local function score(from) return redis.call('ZSCORE', '{reservations}:' .. from .. ':' .. met, id) end
  if (score('o') or score('p')) ~= place then return {} end
  if redis.call('SISMEMBER', KEYS[2], met) == 0 then held[#held + 1] = met end
end
if #held == 0 then return {} end
local moment = redis.call('INCR', KEYS[1])
local next, standing = {}, {}
for _, object in ipairs(held) do
  local queue = '{reservations}:o:' .. object
  if redis.call('ZREM', queue, id) == 1 then
    redis.call('SET', '{reservations}:r:' .. object, moment, 'PX', remember)
    local first = redis.call('ZRANGE', queue, 0, 0)[1]
    if first then next[#next + 1] = first end
  else
    redis.call('ZREM', '{reservations}:p:' .. object, id)
  end
  standing[#standing + 1] = '{reservations}:p:' .. object
end
if redis.call('EXISTS', unpack(standing)) > 0 then
  for _, queue in ipairs(standing) do
    for _, other in ipairs(redis.call('ZRANGE', queue, 0, 8 * most - 1)) do next[#next + 1] = other end
  end
end
redis.call('DEL', KEYS[2], '{reservations}:w:' .. id)
return next
