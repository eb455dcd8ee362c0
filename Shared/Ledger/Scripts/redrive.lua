-- Puts the work of a dead letter back on its queue, as if it had never been tried, in one step.
-- KEYS[1] the dead letters, KEYS[2] the queue, KEYS[3] the record. ARGV: letter, id, track, version, colour, epoch.
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return {'missing'} end
if redis.call('EXISTS', KEYS[3]) == 0 then return {'gone'} end
redis.call('XADD', KEYS[2], '*', 'i', ARGV[2], 't', ARGV[3], 'v', ARGV[4], 'a', '0', 'c', ARGV[5], 'e', ARGV[6])
return {'taken'}
