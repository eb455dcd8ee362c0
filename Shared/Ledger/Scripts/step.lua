-- The atomic step: changes the record, appends the next work and the events, and acknowledges the delivery — all or nothing.
-- A step whose track version has moved on was already taken (or overtaken by a person's decision): it only acknowledges.
-- KEYS[1] the record. ARGV is read in order, see Ledger+step.swift.
local position = 0
local function take()
  position = position + 1
  return ARGV[position]
end
local terminal = {fulfilled = true, published = true, refused = true, failed = true, cancelled = true, superseded = true, rolled_back = true}
local record = KEYS[1]
local tag, id, now = take(), take(), take()
local track, expected, phase, entry, signature = take(), take(), take(), take(), take()
local stream, group, message = take(), take(), take()
local colour, epoch, retention = take(), take(), take()
local trackState, trackDetail = take(), take()
local ending, endingText = take(), take()
local filesMode, files = take(), take()

local function acknowledge()
  if message ~= '' then
    redis.call('XACK', stream, group, message)
    redis.call('XDEL', stream, message)
  end
end

if tonumber(redis.call('GET', tag .. ':epoch') or '0') > tonumber(epoch) then return {'fenced'} end
local versionField = track == 'main' and 'v' or ('t:' .. track .. ':v')
local current = redis.call('HMGET', record, versionField, 'phase', 'created', 'lane', 'tracks', 'n', 'history', 'key', 'end', 'endText', 'onPartialFailure', 'v', 'callback', 'letters', 'tenant')
-- Whose the work is: see PartitionRoles. A person's step comes without a delivery.
if message ~= '' and current[2] then
  local roles = redis.call('HMGET', tag .. ':roles', 'active', 'preview', 'previewEpoch')
  local isPreview = current[4] == 'preview' and roles[2]
  if roles[1] and colour ~= (isPreview and roles[2] or roles[1]) then return {'fenced'} end
  if isPreview and roles[3] ~= epoch then return {'fenced'} end
end
if not current[2] or current[1] ~= expected then
  acknowledge()
  return {current[2] and 'stale' or 'gone'}
end
local lane, count, history = current[4], tonumber(current[6]), current[7]
local oldPhase, newPhase = current[2], phase
local mainVersion = tonumber(current[12])
-- A step may write what only this form of records has, see RecordSnapshot.schema.
local changes = {'updated', now, 'schema', lane == 'preview' and '3' or '2'}
local function set(field, value)
  changes[#changes + 1] = field
  changes[#changes + 1] = value
end

-- Of every track of this execution: its state, as this step leaves it, and the stage that does its work.
local order, state = {}, {}
for name in string.gmatch(current[5] or '', '[^,]+') do
  order[#order + 1] = name
  state[name] = redis.call('HGET', record, 't:' .. name .. ':s')
end
local function isOpen()
  for _, name in ipairs(order) do
    if state[name] == 'pending' or state[name] == 'compensating' then return true end
  end
  return false
end

-- `text` is JSON, quotes included; `signature` holds time and author.
local function line(ofPhase, text) return '{"phase":"' .. ofPhase .. '"' .. signature .. ',"detail":' .. text .. '}' end
local function enqueue(stage, onTrack, version, delay)
  if delay > 0 then
    local time = redis.call('TIME')
    local due = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + delay
    redis.call('ZADD', tag .. ':delayed', due, table.concat({stage, lane, id, onTrack, version, '0', colour, epoch}, ' '))
  else
    redis.call('XADD', tag .. ':q:' .. stage .. ':' .. lane, '*', 'i', id, 't', onTrack, 'v', version, 'a', '0', 'c', colour, 'e', epoch)
  end
end
local function note(text)
  count = count + 1
  history = history .. '\n' .. text
  redis.call('XADD', tag .. ':events', 'MAXLEN', '~', '20000', '*', 'i', id, 'n', count, 'h', text)
  if current[13] == '1' then enqueue('notify', 'event', count, 0) end
end
local function start(name, stage, as)
  local next = tonumber(redis.call('HGET', record, 't:' .. name .. ':v') or '0') + 1
  set('t:' .. name .. ':v', next)
  set('t:' .. name .. ':s', as)
  if state[name] == nil then order[#order + 1] = name end
  state[name] = as
  enqueue(stage, name, next, 0)
end
-- Work of the main track that is on its way is for the version before.
local function raise()
  mainVersion = mainVersion + 1
  set('v', mainVersion)
end

local ended = current[9] or ''
local endText = current[10] or '""'

-- No track is open: either all went well, or what took effect is undone, or the intent ends.
local function settle()
  local named = {}
  for _, name in ipairs(order) do
    local list = named[state[name]] or {}
    list[#list + 1] = name
    named[state[name]] = list
  end
  local function listed(which, words) return named[which] and (table.concat(named[which], ', ') .. ' ' .. words) or nil end
  local went = not (named.failed or named.partial or named.skipped or named.compensated or named.uncompensated)
  if ended == '' and went then
    raise()
    if named.conflicted then
      local replans = redis.call('HINCRBY', record, 'replans', 1)
      newPhase = 'planning'
      note(line('planning', '"planning again: what was planned against has changed meanwhile"'))
      enqueue('plan', 'main', mainVersion, math.min(25 * 2 ^ math.min(replans, 8), 5000))
    else
      newPhase = 'verifying'
      note(line('verifying', '"reading back what was done"'))
      enqueue('verify', 'main', mainVersion, 0)
    end
    return
  end
  local target = ended ~= '' and ended or 'failed'
  -- A person who cancels or rolls back wants nothing to stay; a failure leaves it to the policy; a successor builds on what is there.
  local undoes = target == 'cancelled' or target == 'rolled_back' or (target == 'failed' and current[11] ~= 'keep')
  local undone = {}
  for _, name in ipairs(order) do
    if state[name] == 'succeeded' or state[name] == 'partial' then undone[#undone + 1] = name end
  end
  if #undone > 0 and undoes then
    raise()
    newPhase = 'executing'
    note(line('executing', '"undoing what took effect: ' .. table.concat(undone, ', ') .. '"'))
    for _, name in ipairs(undone) do start(name, redis.call('HGET', record, 't:' .. name .. ':q'), 'compensating') end
    return
  end
  raise()
  if named.uncompensated then target = 'failed' end
  newPhase = target
  local parts = {}
  for _, part in ipairs({
    listed('failed', 'failed') or false, listed('partial', 'failed in part') or false, listed('compensated', 'undone') or false, listed('uncompensated', 'could not be undone') or false,
    listed('succeeded', 'stays in effect') or false
  }) do
    if part then parts[#parts + 1] = part end
  end
  local summary = table.concat(parts, '; ')
  if ended ~= '' and endText ~= '""' then
    note(line(target, summary == '' and endText or (string.sub(endText, 1, -2) .. '; ' .. summary .. '"')))
  else
    note(line(target, '"' .. summary .. '"'))
  end
end

local version = tonumber(current[1]) + 1
set(versionField, version)
if track == 'main' then mainVersion = version end
local fields = tonumber(take())
for _ = 1, fields do
  local field = take()
  set(field, take())
end
for text in string.gmatch(entry, '[^\n]+') do note(text) end

local works = tonumber(take())
for _ = 1, works do
  local stage = take()
  enqueue(stage, 'main', version, tonumber(take()))
end

-- A new beginning has none of the last one's tracks, and whatever is on its way for them is stale.
if take() == '1' then
  for _, name in ipairs(order) do
    redis.call('HINCRBY', record, 't:' .. name .. ':v', 1)
    redis.call('HDEL', record, 't:' .. name .. ':s', 't:' .. name .. ':d')
  end
  redis.call('HDEL', record, 'end', 'endText', 'replans')
  order, state, ended = {}, {}, ''
  set('tracks', '')
end

-- An execution begins. What an earlier attempt of it brought into effect stays a part of it.
local forks = tonumber(take())
if forks > 0 then
  set('onPartialFailure', take())
  set('reserves', '1')
  local kept = {}
  for _, name in ipairs(order) do
    if state[name] == 'succeeded' then kept[#kept + 1] = name else state[name] = nil end
  end
  order = kept
  for _ = 1, forks do
    local name, stage = take(), take()
    set('t:' .. name .. ':q', stage)
    start(name, stage, 'pending')
  end
  set('tracks', table.concat(order, ','))
end

if trackState ~= '' then
  if state[track] == 'compensating' and (trackState == 'failed' or trackState == 'partial') then trackState = 'uncompensated' end
  set('t:' .. track .. ':s', trackState)
  set('t:' .. track .. ':d', trackDetail)
  state[track] = trackState
  if not isOpen() then settle() end
elseif ending ~= '' then
  ended = ending
  set('end', ended)
  if endingText ~= '' then
    endText = endingText
    set('endText', endText)
  end
  -- With a phase of its own the step only announces the end; the work that follows brings it about.
  if phase == '' and not isOpen() then settle() end
end

set('history', history)
set('n', count)
if newPhase ~= '' and newPhase ~= oldPhase then
  set('phase', newPhase)
  redis.call('ZREM', tag .. ':phase:' .. oldPhase, id)
  redis.call('ZADD', tag .. ':phase:' .. newPhase, current[3], id)
  local tenant = current[15]
  if tenant and tenant ~= 'default' then
    redis.call('ZREM', tag .. ':tenant:' .. tenant .. ':' .. oldPhase, id)
    redis.call('ZADD', tag .. ':tenant:' .. tenant .. ':' .. newPhase, current[3], id)
    redis.call('SADD', tag .. ':tenants', tenant)
  end
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
-- What changed nothing is nothing to keep.
local isArchived = isTerminal and lane ~= 'preview' and redis.call('EXISTS', tag .. ':archive') == 1
if isTerminal and not isArchived then
  redis.call('PEXPIRE', record, retention)
  if idempotency then redis.call('PEXPIRE', idempotency, retention) end
elseif isTerminal or terminal[oldPhase] then
  -- Tried again, its work is given up no longer.
  for stage, letter in string.gmatch(not isTerminal and current[14] or '', '(%S+)/(%S+)') do redis.call('XDEL', tag .. ':dead:' .. stage, letter) end
  if not isTerminal then redis.call('HDEL', record, 'letters') end
  redis.call('PERSIST', record)
  if idempotency then redis.call('PERSIST', idempotency) end
end
-- What goes to the archive expires from there, see archived.lua.
if isArchived then enqueue('archive', 'event', count, 0) end
acknowledge()
return {'taken', newPhase ~= '' and newPhase or oldPhase, version, count}
