-- Gives up an intent's claims and names who is first on each of its objects now.
-- KEYS[1] the counter, KEYS[2] the intent's set of objects. ARGV: id, the place it must have ('' any), ms for which the release is remembered.
local id, place, remember = ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('SMEMBERS', KEYS[2])
if #held == 0 then return {} end
if place ~= '' and redis.call('ZSCORE', '{reservations}:o:' .. held[1], id) ~= place then return {} end
local moment = redis.call('INCR', KEYS[1])
local next = {}
for _, object in ipairs(held) do
  local queue = '{reservations}:o:' .. object
  redis.call('ZREM', queue, id)
  redis.call('SET', '{reservations}:r:' .. object, moment, 'PX', remember)
  local first = redis.call('ZRANGE', queue, 0, 0)[1]
  if first then next[#next + 1] = first end
end
redis.call('DEL', KEYS[2])
return next
