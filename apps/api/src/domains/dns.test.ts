import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTxtLookup, type TxtLookup } from './dns.ts'
import { startDnsServer } from './testing/dns-server.ts'

const LONG = 'x'.repeat(200)
let server: Awaited<ReturnType<typeof startDnsServer>>
let lookup: TxtLookup
beforeAll(async () => {
  server = await startDnsServer({
    'joined.example': { txt: [['v=spf1 -all'], ['paypal-site-', 'verification=', LONG]] },
    'alias.example': { cname: 'joined.example' },
    'empty.example': 'empty',
    'broken.example': 'servfail',
    'closed.example': 'refused',
    'mute.example': 'silent',
  })
  lookup = createTxtLookup([server.address])
})
afterAll(() => server.close())

test.each([
  ['joined.example', { kind: 'found', records: ['v=spf1 -all', `paypal-site-verification=${LONG}`] }],
  ['alias.example', { kind: 'found', records: ['v=spf1 -all', `paypal-site-verification=${LONG}`] }],
  ['empty.example', { kind: 'absent', reason: 'no_txt_record' }],
  ['nobody.example', { kind: 'absent', reason: 'nxdomain' }],
  ['broken.example', { kind: 'unavailable', reason: 'servfail' }],
  ['closed.example', { kind: 'unavailable', reason: 'refused' }],
  ['mute.example', { kind: 'unavailable', reason: 'timeout' }],
])('over the wire, what DNS says is told apart: %s', async (name, answer) => {
  expect(await lookup(name)).toEqual(answer)
})

test('a server that is not there proves nothing', async () => {
  const gone = await startDnsServer({})
  await gone.close()
  expect((await createTxtLookup([gone.address])('joined.example')).kind).toBe('unavailable')
})
