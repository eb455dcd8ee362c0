-- Claims all objects of an intent at once, or takes its place behind those who came before on any of them.
-- Claims of one intent are queued together, so that of two intents one is first on every object they share: nobody waits in a circle.
-- KEYS[1] the counter, KEYS[2] the intent's set of objects, KEYS[3…] the queue of each object. ARGV: id, ms until forgotten, then each object's name.
local id, forget = ARGV[1], ARGV[2]
local wanted = {}
for index = 3, #ARGV do wanted[ARGV[index]] = KEYS[index] end
local held = redis.call('SMEMBERS', KEYS[2])
local same = #held == #ARGV - 2
for _, object in ipairs(held) do same = same and wanted[object] ~= nil end
if not same then
  -- Another set of objects takes another place, on all of them, or two intents could each be first somewhere.
  for _, object in ipairs(held) do redis.call('ZREM', '{reservations}:o:' .. object, id) end
  redis.call('DEL', KEYS[2])
  local place = redis.call('INCR', KEYS[1])
  for object, queue in pairs(wanted) do
    redis.call('ZADD', queue, place, id)
    redis.call('SADD', KEYS[2], object)
  end
end
redis.call('PEXPIRE', KEYS[2], forget)
local released = 0
for object, queue in pairs(wanted) do
  redis.call('PEXPIRE', queue, forget)
  local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
  if first[1] ~= id then return {'waits', object, first[1], first[2]} end
  released = math.max(released, tonumber(redis.call('GET', '{reservations}:r:' .. object) or '0'))
end
return {'granted', released}
