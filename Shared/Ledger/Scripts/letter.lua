-- Keeps work that was given up among the dead letters; the record of its intent knows the letter, which goes when the intent is tried again.
-- KEYS[1] the dead letters, KEYS[2] the record. ARGV: stage, work, error.
local message = redis.call('XADD', KEYS[1], 'MAXLEN', '~', '10000', '*', 'work', ARGV[2], 'error', ARGV[3])
if redis.call('EXISTS', KEYS[2]) == 1 then
  local letters = redis.call('HGET', KEYS[2], 'letters')
  redis.call('HSET', KEYS[2], 'letters', (letters and letters .. ' ' or '') .. ARGV[1] .. '/' .. message)
end
return message
