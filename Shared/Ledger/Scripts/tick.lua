-- Once a second for each partition and stage: moves due work back to its queue and takes over expired leases.
-- Time is the server's: those of its clients may differ.
-- KEYS[1] the delayed set. ARGV: tag, lease ms, group, consumer, retention ms ('0': leave the index alone), ms after which a consumer that was
-- not seen and holds nothing is forgotten ('0': leave them), then the streams that the caller may take work from.
local tag, lease, group, consumer = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local retention, forgetting = tonumber(ARGV[5]), tonumber(ARGV[6])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 64)) do
  local stage, lane, id, track, version, attempt, colour, epoch = string.match(member, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S*) (%S+)$')
  redis.call('XADD', tag .. ':q:' .. stage .. ':' .. lane, '*', 'i', id, 't', track, 'v', version, 'a', attempt, 'c', colour, 'e', epoch)
  redis.call('ZREM', KEYS[1], member)
end
if retention > 0 then
  -- Of many tenants some at a time.
  local tenants = redis.call('SRANDMEMBER', tag .. ':tenants', 8)
  for _, phase in ipairs({'fulfilled', 'published', 'refused', 'failed', 'cancelled', 'superseded', 'rolled_back'}) do
    local indexes = {tag .. ':phase:' .. phase}
    for _, tenant in ipairs(tenants) do indexes[#indexes + 1] = tag .. ':tenant:' .. tenant .. ':' .. phase end
    for _, index in ipairs(indexes) do
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', now - retention, 'LIMIT', 0, 128)) do
        if redis.call('EXISTS', tag .. ':i:' .. id) == 0 then redis.call('ZREM', index, id) end
      end
    end
  end
end
-- Each process is a consumer of its own name, so that every start would leave one behind. One that holds work is never deleted: its work would go, too.
if forgetting > 0 then
  for index = 7, #ARGV do
    for _, reply in ipairs(redis.call('XINFO', 'CONSUMERS', ARGV[index], group)) do
      local seen = {}
      for position = 1, #reply, 2 do seen[reply[position]] = reply[position + 1] end
      if seen.pending == 0 and seen.idle > forgetting then
        redis.call('XGROUP', 'DELCONSUMER', ARGV[index], group, seen.name)
      end
    end
  end
end
-- Expired leases become ours; at most 64 a tick and stream, the rest follows with the next tick. Taking one over is no delivery yet:
-- those are counted when work is begun, so that what waits behind a poisonous one is not taken for poison itself.
local taken = {}
for index = 7, #ARGV do
  local stream = ARGV[index]
  local entries, cursor, scans = {}, '0-0', 0
  repeat
    -- A scan ends after ten times its count, whether or not it has found anything.
    local claimed = redis.call('XAUTOCLAIM', stream, group, consumer, lease, cursor, 'COUNT', 64 - #entries, 'JUSTID')
    for _, message in ipairs(claimed[2]) do entries[#entries + 1] = redis.call('XRANGE', stream, message, message)[1] end
    cursor, scans = claimed[1], scans + 1
  until cursor == '0-0' or #entries >= 64 or scans == 16
  taken[#taken + 1] = entries
end
return taken
