-- Acknowledges a delivery whose record is in the archive, and lets the record expire: unless it has gone on since it was read, and so is
-- archived again at its next end. The idempotency entry goes with it, see step.lua.
-- KEYS[1] the record. ARGV: tag, history sequence that was archived, retention ms, stream, group, message.
local terminal = {fulfilled = true, published = true, refused = true, failed = true, cancelled = true, superseded = true, rolled_back = true}
local current = redis.call('HMGET', KEYS[1], 'phase', 'n', 'key')
redis.call('XACK', ARGV[4], ARGV[5], ARGV[6])
redis.call('XDEL', ARGV[4], ARGV[6])
if not current[1] or not terminal[current[1]] or current[2] ~= ARGV[2] then return {'stale'} end
redis.call('HSET', KEYS[1], 'archived', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if current[3] then redis.call('PEXPIRE', ARGV[1] .. ':k:' .. current[3], ARGV[3]) end
return {'taken'}
