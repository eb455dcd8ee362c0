-- Where an intent is in the lines of its objects: the object with the most intents before it, who is first there, that one's place, and how many
-- are before. Nothing when it is first everywhere, or not in line. KEYS[1] the intent's set of objects. ARGV: id, ms until forgotten.
local id, forget = ARGV[1], ARGV[2]
local answer, most = {}, 0
for _, object in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local queue = '{reservations}:o:' .. object
  local before = redis.call('ZRANK', queue, id)
  if not before then return {} end
  redis.call('PEXPIRE', queue, forget)
  if before > most then
    local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
    answer, most = {object, first[1], first[2], before}, before
  end
end
redis.call('PEXPIRE', KEYS[1], forget)
redis.call('PEXPIRE', '{reservations}:w:' .. id, forget)
return answer
