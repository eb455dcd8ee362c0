-- Once a second for each partition and stage: moves due work back to its queue and takes over expired leases.
-- KEYS[1] the delayed set. ARGV: tag, now ms, lease ms, group, consumer, stream high, stream low, retention ms ('0': leave the index alone).
local tag, now = ARGV[1], ARGV[2]
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 64)) do
  local stage, lane, id, track, version, attempt, colour, epoch = string.match(member, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S*) (%S+)$')
  redis.call('XADD', tag .. ':q:' .. stage .. ':' .. lane, '*', 'i', id, 't', track, 'v', version, 'a', attempt, 'c', colour, 'e', epoch)
  redis.call('ZREM', KEYS[1], member)
end
if tonumber(ARGV[8]) > 0 then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', tag .. ':all', '-inf', tonumber(now) - tonumber(ARGV[8]), 'LIMIT', 0, 64)) do
    if redis.call('EXISTS', tag .. ':i:' .. id) == 0 then
      redis.call('ZREM', tag .. ':all', id)
      for _, phase in ipairs({'fulfilled', 'published', 'refused', 'failed', 'cancelled', 'superseded', 'rolled_back'}) do
        redis.call('ZREM', tag .. ':phase:' .. phase, id)
      end
    end
  end
end
-- Expired leases become ours; at most 64 a tick and stream, the rest follows with the next tick.
local taken = {}
for index = 6, 7 do
  local stream = ARGV[index]
  local claimed = redis.call('XAUTOCLAIM', stream, ARGV[4], ARGV[5], ARGV[3], '0-0', 'COUNT', 64)
  taken[#taken + 1] = claimed[2]
end
return taken
