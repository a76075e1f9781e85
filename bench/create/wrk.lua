-- Sends one request text again and again. {n} becomes a number of eight digits, {id} the next line of a file.
local after, ids
local n, modulo = 0, 0
local prefix

function init(args)
  local file = io.open(args[1], 'r')
  local template = file:read('*a')
  file:close()
  n, modulo = tonumber(args[2]), tonumber(args[3])
  ids = {}
  if args[4] ~= nil then for line in io.lines(args[4]) do ids[#ids + 1] = line end end
  prefix = {}
  local from = 1
  while true do
    local at, to = template:find('{%a+}', from)
    if at == nil then break end
    prefix[#prefix + 1] = { template:sub(from, at - 1), template:sub(at, to) }
    from = to + 1
  end
  after = template:sub(from)
end

function request()
  n = n + 1
  local number = modulo > 0 and n % modulo or n
  local parts = {}
  for i = 1, #prefix do
    parts[#parts + 1] = prefix[i][1]
    parts[#parts + 1] = prefix[i][2] == '{n}' and string.format('%08d', number) or ids[n % #ids + 1]
  end
  parts[#parts + 1] = after
  return table.concat(parts)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout))
end
