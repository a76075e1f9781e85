import { createSocket } from 'node:dgram'

/** What the server says about a name: TXT records as lists of strings, an alias, an error, or nothing at all. */
export type Zone = Readonly<
  Record<
    string,
    | { readonly txt: readonly (readonly string[])[] }
    | { readonly cname: string }
    | 'empty'
    | 'servfail'
    | 'refused'
    | 'silent'
  >
>

const CODE = { servfail: 2, nxdomain: 3, refused: 5 } as const
const TYPE = { cname: 5, txt: 16 } as const

/** A name server on loopback that answers like a recursive resolver: an alias with what it leads to. */
export async function startDnsServer(zone: Zone): Promise<{ address: string; close(): Promise<void> }> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const answer = answerTo(query, zone)
    if (answer !== null) socket.send(answer, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

function answerTo(query: Buffer, zone: Zone): Buffer | null {
  const { name, end } = readName(query, 12)
  const question = query.subarray(12, end + 4)
  const records: Buffer[] = []
  let known = zone[name]
  let owner = name
  while (typeof known === 'object' && 'cname' in known) {
    records.push(record(owner, TYPE.cname, encodeName(known.cname)))
    owner = known.cname
    known = zone[owner]
  }
  if (known === 'silent') return null
  if (typeof known === 'object') {
    for (const strings of known.txt) records.push(record(owner, TYPE.txt, Buffer.concat(strings.map(text))))
  }
  const code =
    known === undefined ? CODE.nxdomain : known === 'servfail' || known === 'refused' ? CODE[known] : 0
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8180 | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question, ...records])
}

function readName(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let at = start
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

const text = (part: string): Buffer =>
  Buffer.concat([Buffer.from([part.length]), Buffer.from(part, 'latin1')])

const encodeName = (name: string): Buffer => Buffer.concat([...name.split('.').map(text), Buffer.from([0])])

function record(owner: string, type: number, data: Buffer): Buffer {
  const fields = Buffer.alloc(10)
  fields.writeUInt16BE(type, 0)
  fields.writeUInt16BE(1, 2)
  fields.writeUInt32BE(60, 4)
  fields.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(owner), fields, data])
}
