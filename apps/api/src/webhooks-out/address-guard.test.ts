import { describe, expect, test } from 'vitest'
import { type AddressPolicy, policyFor, vetAddress, vetAddresses, vetUrl } from './address-guard.ts'
import { isPublic, parseAddress, range } from './address-ranges.ts'
import { AddressRefused, createConnector, NameUnresolved, vettedAddresses } from './connect.ts'
import { createReceiver } from './testing/receiver.ts'

const own = { addresses: ['198.20.0.5'], ports: [8000] }
const live = policyFor({ production: true, allowed: [], own }, 'live')
const liveAtHome = policyFor({ production: false, allowed: [], own }, 'live')
const testInProduction = policyFor({ production: true, allowed: [], own }, 'test')
const testAtHome = policyFor({ production: false, allowed: [], own }, 'test')

const LITERALS = [
  // S1: every spelling the WHATWG parser maps to loopback or 0.0.0.0.
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://127.1/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://127.0.0.1./',
  // S12: other alphabets' digits and dots.
  'https://①②⑦.⓪.⓪.①/',
  'https://127。0。0。1/',
  // S2 to S5: what carries an IPv4 address inside.
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  // S7: names that are this machine.
  'https://localhost./',
  'https://localhost/',
  'https://x.localhost/',
  'https://LOCALHOST/',
]

const CLOSED = [
  ...[
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
  ],
  ...['192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255', '198.51.100.1'],
  ...['203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '100.100.100.200'],
  ...['::', '::1', '::1.2.3.4', '::ffff:8.8.8.8', '64:ff9b::808:808', '64:ff9b:1::1', '100::1', '2001::1'],
  ...['2001:20::1', '2001:db8::1', '2002:808:808::1', '3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254'],
  ...['fe80::1', 'fec0::1', 'ff02::1', '4000::1'],
]
const OPEN = [
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.0',
  '172.32.0.1',
  '198.20.0.1',
  '2606:4700::1',
]

describe('what may be connected to', () => {
  test.each(CLOSED)('%s is closed', (address) => {
    for (const policy of [live, liveAtHome, testInProduction]) {
      expect(vetAddress(address, 443, policy)).toBe('private_address')
    }
  })
  test.each(OPEN)('%s is open', (address) => {
    expect(vetAddress(address, 443, live)).toBeNull()
  })
  test.each(['', 'example.com', '1.2.3', 'fe80::1%eth0', '1.2.3.4/8', '08.8.8.8'])(
    '%j is no address',
    (text) => {
      expect(parseAddress(text)).toBeUndefined()
      expect(vetAddress(text, 443, live)).toBe('private_address')
    },
  )

  test('one private address among public ones closes the name', () => {
    expect(vetAddresses(['8.8.8.8', '10.0.0.1'], 443, live)).toBe('private_address')
    expect(vetAddresses([], 443, live)).toBe('private_address')
  })

  test('an allow-list opens networks, never link-local or metadata addresses', () => {
    const all = ['0.0.0.0/0', '::/0'].map(range)
    const opened = policyFor({ production: true, allowed: all, own }, 'live')
    expect(vetAddress('10.0.0.1', 443, opened)).toBeNull()
    for (const address of [
      '169.254.169.254',
      'fe80::1',
      'fd00:ec2::254',
      '::ffff:a9fe:a9fe',
      '100.100.100.200',
    ]) {
      expect(vetAddress(address, 443, opened), address).toBe('private_address')
    }
  })

  test('S15: our own listener is closed under our public address too', () => {
    expect(isPublic(parseAddress('198.20.0.5') ?? { family: 4, value: 0n })).toBe(true)
    expect(vetAddress('198.20.0.5', 8000, live)).toBe('own_address')
    expect(vetAddress('198.20.0.5', 443, live)).toBeNull()
    expect(vetAddress('127.0.0.1', 8000, testAtHome)).toBe('own_address')
  })
})

describe('what may be saved', () => {
  test.each(LITERALS)('%s is refused', (url) => {
    for (const policy of [live, liveAtHome, testInProduction]) {
      expect(vetUrl(url, policy)).toMatchObject({ ok: false, refusal: 'private_address' })
    }
  })
  test.each([
    ['http://example.com/', 'scheme'],
    ['ftp://example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['//example.com', 'not_a_url'],
    ['https://', 'not_a_url'],
    ['https://user:pass@example.com/', 'credentials'],
    ['https://user@example.com/', 'credentials'],
    ['https://example.com/#x', 'fragment'],
    ['https://example.com/#', 'fragment'],
    ['https://example.com:22/', 'port'],
    ['https://example.com:6379/', 'port'],
    ['https://example.com:8000/', 'port'],
  ])('%s is refused: %s', (url, refusal) => {
    expect(vetUrl(url, live)).toEqual({ ok: false, refusal })
  })

  test('loopback and http are for the test environment outside production only', () => {
    for (const url of ['http://127.0.0.1:4000/', 'http://localhost:4000/hooks', 'http://[::1]:4000/']) {
      expect(vetUrl(url, testAtHome).ok, url).toBe(true)
      for (const policy of [live, liveAtHome, testInProduction])
        expect(vetUrl(url, policy).ok, url).toBe(false)
    }
    expect(vetUrl('http://10.0.0.1/', testAtHome).ok).toBe(false)
    expect(vetUrl('http://example.com/', testAtHome).ok).toBe(true)
  })
})

describe('names', () => {
  const limits = (answer: readonly string[] | Error) => ({
    dnsMs: 50,
    resolve: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  })
  test('S8: a name of a private address is refused when it is saved', async () => {
    await expect(vettedAddresses('10.0.0.1.nip.io', 443, live, limits(['10.0.0.1']))).rejects.toBeInstanceOf(
      AddressRefused,
    )
  })
  test('a resolver that fails or hangs closes the name', async () => {
    await expect(vettedAddresses('x.test', 443, live, limits(new Error('SERVFAIL')))).rejects.toBeInstanceOf(
      NameUnresolved,
    )
    const hanging = { dnsMs: 20, resolve: () => new Promise<never>(() => undefined) }
    await expect(vettedAddresses('x.test', 443, live, hanging)).rejects.toBeInstanceOf(NameUnresolved)
  })

  test('rebinding: the address that was vetted is the one connected to; the name is asked once', async () => {
    const hooks = await createReceiver()
    const port = new URL(hooks.url).port
    let asked = 0
    const connect = (policy: AddressPolicy, answers: readonly (readonly string[])[]) =>
      new Promise<Error | string>((done) => {
        const connector = createConnector({
          policy,
          dnsMs: 100,
          connectMs: 200,
          resolve: async () => answers[asked++] ?? [],
          onConnected: () => undefined,
        })
        connector({ hostname: 'rebind.test', protocol: 'http:', port }, (error, socket) => {
          done(error ?? String(socket?.remoteAddress))
          socket?.destroy()
        })
      })
    expect(await connect(testAtHome, [['127.0.0.1'], ['169.254.169.254']])).toBe('127.0.0.1')
    expect(asked).toBe(1)
    asked = 0
    expect(await connect(live, [['127.0.0.1']])).toBeInstanceOf(AddressRefused)
    expect(hooks.received).toHaveLength(0)
    await hooks.close()
  })
})
