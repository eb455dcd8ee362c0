-- Takes a delivery off its queue and puts the work back later, in one step. Time is the server's: those of its clients may differ.
-- KEYS[1] the delayed set. ARGV: stream, group, message, delay ms, member (stage, lane, id, track, version, attempt, colour, epoch separated by spaces).
local removed = redis.call('XACK', ARGV[1], ARGV[2], ARGV[3])
redis.call('XDEL', ARGV[1], ARGV[3])
if removed == 0 then return {'stale'} end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[4]), ARGV[5])
return {'taken'}
