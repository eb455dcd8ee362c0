-- Queues for the archive what has ended and is not in it, such as all that ended before there was one.
-- KEYS[1] the queue. ARGV: tag, colour, epoch, then ids of ended intents.
local dead = {}
for _, entry in ipairs(redis.call('XRANGE', ARGV[1] .. ':dead:archive', '-', '+')) do
  for position = 1, #entry[2], 2 do
    local id = entry[2][position] == 'work' and string.match(entry[2][position + 1], '^%S+ %S+ (%S+) ')
    if id then dead[id] = true end
  end
end
local queued = 0
for index = 4, #ARGV do
  local id = ARGV[index]
  local record = ARGV[1] .. ':i:' .. id
  local current = redis.call('HMGET', record, 'n', 'archived', 'key', 'lane')
  if current[4] ~= 'preview' and current[1] and current[1] ~= current[2] and not dead[id] then
    redis.call('PERSIST', record)
    if current[3] then redis.call('PERSIST', ARGV[1] .. ':k:' .. current[3]) end
    redis.call('XADD', KEYS[1], '*', 'i', id, 't', 'event', 'v', current[1], 'a', '0', 'c', ARGV[2], 'e', ARGV[3])
    queued = queued + 1
  end
end
return queued
