-- Records an intent and its first work in one atomic step, or answers what its idempotency key already stands for.
-- KEYS[1] the record. ARGV: tag, id, now ms, idempotency key ('' none), body digest, retention ms, colour, epoch, lane, history entry, then field/value pairs.
local tag, id, now = ARGV[1], ARGV[2], ARGV[3]
local key, digest, retention = ARGV[4], ARGV[5], ARGV[6]
if key ~= '' then
  local entry = tag .. ':k:' .. key
  local known = redis.call('HMGET', entry, 'id', 'digest', 'created')
  if known[1] then return {'known', known[1], known[2], known[3]} end
  redis.call('HSET', entry, 'id', id, 'digest', digest, 'created', now)
  redis.call('PEXPIRE', entry, retention)
end
redis.call('HSET', KEYS[1], 'schema', '1', 'phase', 'received', 'created', now, 'updated', now, 'v', '1', 'n', '1',
  'colour', ARGV[7], 'epoch', ARGV[8], 'lane', ARGV[9], 'history', ARGV[10], unpack(ARGV, 11))
redis.call('ZADD', tag .. ':all', now, id)
redis.call('ZADD', tag .. ':phase:received', now, id)
redis.call('XADD', tag .. ':q:interpret:' .. ARGV[9], '*', 'i', id, 't', 'main', 'v', '1', 'a', '0', 'c', ARGV[7], 'e', ARGV[8])
redis.call('XADD', tag .. ':events', 'MAXLEN', '~', '20000', '*', 'i', id, 'n', '1', 'h', ARGV[10])
return {'accepted'}
