-- Records an intent and its first work in one atomic step, or answers what its idempotency key already stands for.
-- KEYS[1] the record. ARGV: tag, id, now ms, idempotency key ('' none), body digest, colour, epoch, lane, history entry,
-- whether somebody is called back ('1'), then field/value pairs: priority, tenant, request.
local tag, id, now = ARGV[1], ARGV[2], ARGV[3]
local key, digest = ARGV[4], ARGV[5]
if key ~= '' then
  local entry = tag .. ':k:' .. key
  local known = redis.call('HMGET', entry, 'id', 'digest', 'created')
  if known[1] then return {'known', known[1], known[2], known[3]} end
  redis.call('HSET', entry, 'id', id, 'digest', digest, 'created', now)
  -- The record knows its entry, which expires with it, see step.lua.
  redis.call('HSET', KEYS[1], 'key', key)
end
redis.call('HSET', KEYS[1], 'schema', ARGV[8] == 'preview' and '3' or '2', 'phase', 'received', 'created', now, 'updated', now, 'v', '1', 'n', '1',
  'colour', ARGV[6], 'epoch', ARGV[7], 'lane', ARGV[8], 'history', ARGV[9], unpack(ARGV, 11))
redis.call('ZADD', tag .. ':phase:received', now, id)
-- The installation's own tenant needs no index of its own.
if ARGV[14] ~= 'default' then
  redis.call('ZADD', tag .. ':tenant:' .. ARGV[14] .. ':received', now, id)
  redis.call('SADD', tag .. ':tenants', ARGV[14])
end
redis.call('XADD', tag .. ':q:interpret:' .. ARGV[8], '*', 'i', id, 't', 'main', 'v', '1', 'a', '0', 'c', ARGV[6], 'e', ARGV[7])
redis.call('XADD', tag .. ':events', 'MAXLEN', '~', '20000', '*', 'i', id, 'n', '1', 'h', ARGV[9])
if ARGV[10] == '1' then
  redis.call('HSET', KEYS[1], 'callback', '1')
  redis.call('XADD', tag .. ':q:notify:' .. ARGV[8], '*', 'i', id, 't', 'event', 'v', '1', 'a', '0', 'c', ARGV[6], 'e', ARGV[7])
end
return {'accepted'}
