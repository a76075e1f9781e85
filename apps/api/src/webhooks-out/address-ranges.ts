import { isIP } from 'node:net'

/** An address as a number, so that ranges are comparisons and no spelling can slip past one. */
export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

/** @returns `undefined` for anything that is no plain IP address; zone ids are none. */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text)
  if (family === 4) return { family: 4, value: parseV4(text) }
  if (family === 6 && !text.includes('%')) return { family: 6, value: parseV6(text) }
  return undefined
}

function parseV4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function parseV6(text: string): bigint {
  const dotted = /(?<=:)\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0]
  const v4 = dotted === undefined ? 0n : parseV4(dotted)
  const plain =
    dotted === undefined
      ? text
      : `${text.slice(0, -dotted.length)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...middle, ...right].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

export interface Range {
  readonly first: Address
  readonly prefix: number
}

/** @throws RangeError: ranges are written by us or checked when the configuration is read. */
export function range(cidr: string): Range {
  const [address = '', prefix = ''] = cidr.split('/')
  const first = parseAddress(address)
  if (first === undefined || !/^\d{1,3}$/.test(prefix)) throw new RangeError(`${cidr} is no CIDR range`)
  return { first, prefix: Number.parseInt(prefix, 10) }
}

export function inRange(address: Address, { first, prefix }: Range): boolean {
  if (address.family !== first.family) return false
  const shift = BigInt((address.family === 4 ? 32 : 128) - prefix)
  return address.value >> shift === first.value >> shift
}

export const LOOPBACK = ['127.0.0.0/8', '::1/128'].map(range)

/** Cloud metadata and neighbours on the link: no allow-list opens these. */
export const NEVER = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128', '100.100.100.200/32'].map(range)

/** IANA IPv4 Special-Purpose Address Registry, and multicast. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map(range)

/** Within the one block that is routed at all: what translates to IPv4, tunnels, documents or tests. */
const GLOBAL_V6 = range('2000::/3')
const NOT_PUBLIC_V6 = [
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  // Outside 2000::/3, and named so that the list reads complete.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
].map(range)

const MAPPED = range('::ffff:0:0/96')

/** The IPv4 address inside an IPv4-mapped one; any other address as it is. */
export function unmapped(address: Address): Address {
  return inRange(address, MAPPED) ? { family: 4, value: address.value & 0xffff_ffffn } : address
}

/** Whether an address is one that anybody on the internet may be asked to reach. Mapped ones are none. */
export function isPublic(address: Address): boolean {
  if (address.family === 4) return !NOT_PUBLIC_V4.some((one) => inRange(address, one))
  return inRange(address, GLOBAL_V6) && !NOT_PUBLIC_V6.some((one) => inRange(address, one))
}
