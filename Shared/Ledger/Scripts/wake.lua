-- Brings the planning of an intent forward that waits for its turn. Its postponed work, when it comes, is stale or finds nothing changed.
-- KEYS[1] the record. ARGV: tag, id, colour, epoch.
local current = redis.call('HMGET', KEYS[1], 'phase', 'v', 'lane')
if current[1] ~= 'planning' then return 0 end
redis.call('XADD', ARGV[1] .. ':q:plan:' .. current[3], '*', 'i', ARGV[2], 't', 'main', 'v', current[2], 'a', '0', 'c', ARGV[3], 'e', ARGV[4])
return 1
