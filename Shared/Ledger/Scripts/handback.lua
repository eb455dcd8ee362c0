-- Gives back work that was leased and not begun. Where nothing waits it is queued anew, so that whoever is idle has it at once; behind a
-- backlog it would lose its place, and is left for the next look for expired leases.
-- KEYS[1] the queue. ARGV: group, consumer, message, lease ms, items that are no backlog yet.
local queue, group, consumer, message = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local pending = redis.call('XPENDING', queue, group, message, message, 1)
-- Somebody else's by now, or done.
if #pending == 0 or pending[1][2] ~= consumer then return {'stale'} end
local entry = redis.call('XRANGE', queue, message, message)[1]
if not entry or redis.call('XLEN', queue) > tonumber(ARGV[5]) then
  redis.call('XCLAIM', queue, group, consumer, 0, message, 'IDLE', ARGV[4], 'RETRYCOUNT', 0, 'JUSTID')
  return {'left'}
end
redis.call('XACK', queue, group, message)
redis.call('XDEL', queue, message)
redis.call('XADD', queue, '*', unpack(entry[2]))
return {'queued'}
