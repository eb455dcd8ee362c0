-- Changes who rules a partition. Each change takes the next epoch; asked for again it changes nothing.
-- KEYS[1] the roles. ARGV: tag, what (claim, preview, promote, abort, back), colour, the colour that must be active.
local tag, what, colour, former = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local current = redis.call('HMGET', KEYS[1], 'active', 'preview')
local active, preview = current[1], current[2]
-- Those that act without colours carry 0.
local function rise() return redis.call('HINCRBY', KEYS[1], 'epoch', 1) end
local function first(name)
  local epoch = redis.call('GET', tag .. ':epoch') or '0'
  redis.call('HSET', KEYS[1], 'active', name, 'activeEpoch', epoch, 'epoch', epoch)
end
local function enthrone()
  local epoch = rise()
  redis.call('HSET', KEYS[1], 'active', colour, 'activeEpoch', epoch)
  redis.call('HDEL', KEYS[1], 'preview', 'previewEpoch')
  -- A key of its own: programs that know no roles look at it, too.
  redis.call('SET', tag .. ':epoch', epoch)
end

if what == 'claim' then
  if active then return {'unchanged'} end
  first(colour)
  enthrone()
  return {'made'}
end
if what == 'abort' or (what == 'back' and preview == colour) then
  if preview ~= colour then return {'unchanged'} end
  rise()
  redis.call('HDEL', KEYS[1], 'preview', 'previewEpoch')
  return {'made'}
end
if what == 'back' then
  if active ~= colour then return {'unchanged'} end
  if preview then return {'refused', preview} end
  local before = redis.call('HGET', KEYS[1], 'former')
  if not before then return {'refused', active} end
  colour = before
  enthrone()
  -- There is one way back, not a way to and fro.
  redis.call('HDEL', KEYS[1], 'former')
  return {'made'}
end
if what == 'promote' and active == colour then return {'unchanged'} end
if active and active ~= former then return {'refused', active} end
if preview and preview ~= colour then return {'refused', preview} end
if what == 'preview' then
  -- Whoever acted before there were colours goes on acting: it is the active one, in the epoch it has.
  if not active then first(former) end
  if preview then return {'unchanged'} end
  redis.call('HSET', KEYS[1], 'preview', colour, 'previewEpoch', rise())
  return {'made'}
end
enthrone()
redis.call('HSET', KEYS[1], 'former', former)
return {'made'}
