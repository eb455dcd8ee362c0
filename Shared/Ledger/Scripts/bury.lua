-- Takes a delivery off its queue and keeps it among the dead letters, in one step.
-- KEYS[1] the dead letters. ARGV: stream, group, message, then field/value pairs of the letter.
local removed = redis.call('XACK', ARGV[1], ARGV[2], ARGV[3])
redis.call('XDEL', ARGV[1], ARGV[3])
if removed == 0 then return {'stale'} end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', '10000', '*', unpack(ARGV, 4))
return {'taken'}
