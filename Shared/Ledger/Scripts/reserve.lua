-- Claims all objects of an intent at once, or takes its place behind those who came before on any of them, or only says what it wants of them.
-- Claims of one intent are queued together, so that of two intents one is first on every object they share: nobody waits in a circle.
-- KEYS[1] the counter, KEYS[2] the intent's set of objects. ARGV: id, ms until forgotten, ms for which a release is remembered, mode, how many
-- others are looked at on each object, then of each object its name and the wish for it ('' none). Modes: 'look' changes nothing; 'stand' wants
-- without a claim, as who waits for a person does; 'claim' claims; 'try' claims unless an older intent stands there with another wish: then
-- the caller has to judge first.
local id, forget, remember, mode, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local names, wishes = {}, {}
for index = 6, #ARGV, 2 do
  names[#names + 1] = ARGV[index]
  wishes[ARGV[index]] = ARGV[index + 1]
end

-- Others with another wish for one of the objects: of those in line ('o'), or standing by ('p'). The same wish twice is no dispute.
-- Those in line are in the order of their places, those standing by in that of their ages; of these more are looked at, since they stay longer.
local others, older = {}, false
local function see(object, from)
  local members = redis.call('ZRANGE', '{reservations}:' .. from .. ':' .. object, 0, (from == 'p' and 8 * most or most) - 1, 'WITHSCORES')
  if #members == 0 or (#members == 2 and members[1] == id) then return end
  for index = 1, #members, 2 do
    local other = members[index]
    local wish = other ~= id and redis.call('HGET', '{reservations}:w:' .. other, object)
    if wish and wish ~= wishes[object] then
      others[#others + 1] = {object, other, wish, from, members[index + 1]}
      older = older or (from == 'p' and other < id)
    end
  end
end
local standing, said = {}, {}
for index, object in ipairs(names) do
  standing[index] = '{reservations}:p:' .. object
  if wishes[object] ~= '' then
    said[#said + 1] = object
    said[#said + 1] = wishes[object]
  end
end
-- Mostly nobody does: one look at all of them is cheaper than one at each.
if #names > 0 and redis.call('EXISTS', unpack(standing)) > 0 then
  for _, object in ipairs(names) do see(object, 'p') end
end
if mode == 'look' then
  for _, object in ipairs(names) do see(object, 'o') end
  return {'seen', others}
end
if mode == 'try' and older then return {'judge', others} end

local held = redis.call('SMEMBERS', KEYS[2])
local same = #held == #names
for _, object in ipairs(held) do same = same and wishes[object] ~= nil end
local mine = mode == 'stand' and 'p' or 'o'
if same and #names > 0 then same = redis.call('ZSCORE', '{reservations}:' .. mine .. ':' .. names[1], id) end
local next = {}
if not same then
  -- Another set of objects takes another place, on all of them, or two intents could each be first somewhere.
  local place = redis.call('INCR', KEYS[1])
  for _, object in ipairs(held) do
    if redis.call('ZRANGE', '{reservations}:o:' .. object, 0, 0)[1] == id then
      next[#next + 1] = redis.call('ZRANGE', '{reservations}:o:' .. object, 1, 1)[1]
      if mode == 'stand' then redis.call('SET', '{reservations}:r:' .. object, place, 'PX', remember) end
    end
    redis.call('ZREM', '{reservations}:p:' .. object, id)
  end
  for _, object in ipairs(held) do redis.call('ZREM', '{reservations}:o:' .. object, id) end
  redis.call('DEL', KEYS[2], '{reservations}:w:' .. id)
  -- An id begins with the milliseconds of its creation.
  if mode == 'stand' then place = tonumber(string.sub(id, 1, 8) .. string.sub(id, 10, 13), 16) end
  for _, object in ipairs(names) do
    redis.call('ZADD', '{reservations}:' .. mine .. ':' .. object, place, id)
    redis.call('SADD', KEYS[2], object)
  end
end
redis.call('PEXPIRE', KEYS[2], forget)
if #said > 0 then
  redis.call('HSET', '{reservations}:w:' .. id, unpack(said))
  redis.call('PEXPIRE', '{reservations}:w:' .. id, forget)
end
local released, waits = 0, nil
for _, object in ipairs(names) do
  redis.call('PEXPIRE', '{reservations}:' .. mine .. ':' .. object, forget)
  if mode == 'stand' then
    see(object, 'o')
  else
    local first = redis.call('ZRANGE', '{reservations}:o:' .. object, 0, 0, 'WITHSCORES')
    if first[1] ~= id then
      waits = waits or {object, first[1], first[2]}
      see(object, 'o')
    end
    released = math.max(released, tonumber(redis.call('GET', '{reservations}:r:' .. object) or '0'))
  end
end
if mode == 'stand' then return {'stands', others, next} end
if waits then return {'waits', others, next, waits[1], waits[2], waits[3]} end
return {'granted', others, next, released}
