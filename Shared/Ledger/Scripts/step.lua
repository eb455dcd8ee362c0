-- The atomic step: changes the record, appends the next work and the event, and acknowledges the delivery — all or nothing.
-- A step whose track version has moved on was already taken (or overtaken by a person's decision): it only acknowledges.
-- KEYS[1] the record. ARGV is read in order, see LedgerScripts.swift.
local position = 0
local function take()
  position = position + 1
  return ARGV[position]
end
local terminal = {fulfilled = true, published = true, refused = true, failed = true, cancelled = true, superseded = true, rolled_back = true}
local record = KEYS[1]
local tag, id, now = take(), take(), take()
local track, expected, phase, entry = take(), take(), take(), take()
local stream, group, message = take(), take(), take()
local colour, epoch, retention = take(), take(), take()
local trackState, trackDetail = take(), take()
local joinedPhase, joinedEntry, joinedStage, splitEntry = take(), take(), take(), take()
local filesMode, files = take(), take()

local function acknowledge()
  if message ~= '' then
    redis.call('XACK', stream, group, message)
    redis.call('XDEL', stream, message)
  end
end

if tonumber(redis.call('GET', tag .. ':epoch') or '0') > tonumber(epoch) then return {'fenced'} end
local versionField = track == 'main' and 'v' or ('t:' .. track .. ':v')
local current = redis.call('HMGET', record, versionField, 'phase', 'created', 'lane', 'tracks', 'n', 'history', 'key', 'callback')
if not current[2] or current[1] ~= expected then
  acknowledge()
  return {current[2] and 'stale' or 'gone'}
end
local lane, history, count = current[4], current[7], tonumber(current[6])
local oldPhase, newPhase = current[2], phase
local changes = {'updated', now}
local function set(field, value)
  changes[#changes + 1] = field
  changes[#changes + 1] = value
end
local function enqueue(stage, onTrack, version)
  redis.call('XADD', tag .. ':q:' .. stage .. ':' .. lane, '*', 'i', id, 't', onTrack, 'v', version, 'a', '0', 'c', colour, 'e', epoch)
end
local function note(entries)
  for text in string.gmatch(entries, '[^\n]+') do
    count = count + 1
    history = history .. '\n' .. text
    redis.call('XADD', tag .. ':events', 'MAXLEN', '~', '20000', '*', 'i', id, 'n', count, 'h', text)
    if current[9] == '1' then enqueue('notify', 'event', count) end
  end
end

local version = tonumber(current[1]) + 1
set(versionField, version)
local fields = tonumber(take())
for _ = 1, fields do
  local field = take()
  set(field, take())
end
note(entry)

local forks = tonumber(take())
if forks > 0 then
  local names = {}
  for _ = 1, forks do
    local name, stage = take(), take()
    names[#names + 1] = name
    local next = tonumber(redis.call('HGET', record, 't:' .. name .. ':v') or '0') + 1
    set('t:' .. name .. ':v', next)
    set('t:' .. name .. ':s', 'pending')
    enqueue(stage, name, next)
  end
  set('tracks', table.concat(names, ','))
end

if trackState ~= '' then
  set('t:' .. track .. ':s', trackState)
  set('t:' .. track .. ':d', trackDetail)
  local waiting, failed = false, trackState == 'failed'
  for name in string.gmatch(current[5] or '', '[^,]+') do
    if name ~= track then
      local state = redis.call('HGET', record, 't:' .. name .. ':s')
      if state == 'pending' then waiting = true end
      if state == 'failed' then failed = true end
    end
  end
  if not waiting then
    local main = redis.call('HINCRBY', record, 'v', 1)
    if failed then
      newPhase = 'failed'
      note(splitEntry)
    else
      newPhase = joinedPhase
      note(joinedEntry)
      if joinedStage ~= '' then enqueue(joinedStage, 'main', main) end
    end
  end
end

local works = tonumber(take())
for _ = 1, works do enqueue(take(), 'main', version) end

-- Leaving the execution sideways (replanning, cancelling) makes the work of every open track stale.
local supersededTracks = take()
if supersededTracks == '1' then
  for name in string.gmatch(current[5] or '', '[^,]+') do
    if name ~= track then redis.call('HINCRBY', record, 't:' .. name .. ':v', 1) end
    -- A new beginning has none of the last one's tracks; an end keeps them, for people and until a retry.
    if not terminal[newPhase] then redis.call('HDEL', record, 't:' .. name .. ':s', 't:' .. name .. ':d') end
  end
  if track ~= 'main' then
    local main = redis.call('HINCRBY', record, 'v', 1)
    local stage = take()
    if stage ~= '' then enqueue(stage, 'main', main) end
  end
  if not terminal[newPhase] then set('tracks', '') end
end

set('history', history)
set('n', count)
if newPhase ~= '' and newPhase ~= oldPhase then
  set('phase', newPhase)
  redis.call('ZREM', tag .. ':phase:' .. oldPhase, id)
  redis.call('ZADD', tag .. ':phase:' .. newPhase, current[3], id)
end
redis.call('HSET', record, unpack(changes))
local isTerminal = terminal[newPhase ~= '' and newPhase or oldPhase]
if filesMode == 'set' then
  redis.call('SET', tag .. ':f:' .. id, files)
elseif filesMode == 'delete' or isTerminal then
  redis.call('DEL', tag .. ':f:' .. id)
end
-- The idempotency entry lives as long as the record: a repeat must never become a second intent while the first can go on.
local idempotency = current[8] and tag .. ':k:' .. current[8]
local isArchived = isTerminal and redis.call('EXISTS', tag .. ':archive') == 1
if isTerminal and not isArchived then
  redis.call('PEXPIRE', record, retention)
  if idempotency then redis.call('PEXPIRE', idempotency, retention) end
elseif isTerminal or terminal[oldPhase] then
  redis.call('PERSIST', record)
  if idempotency then redis.call('PERSIST', idempotency) end
end
-- What goes to the archive expires from there, see archived.lua.
if isArchived then enqueue('archive', 'event', count) end
acknowledge()
return {'taken', newPhase ~= '' and newPhase or oldPhase, version, count}
