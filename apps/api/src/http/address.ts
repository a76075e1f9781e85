import { BlockList, isIP } from 'node:net'

/** An address or CIDR range as people write them; `undefined` when it is neither. */
export function parseRange(text: string): { readonly address: string; readonly prefix: number } | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const family = isIP(address)
  const bits = family === 4 ? 32 : 128
  if (family === 0 || rest.length > 0) return undefined
  if (length === undefined) return { address, prefix: bits }
  if (!/^[0-9]{1,3}$/.test(length)) return undefined
  const prefix = Number.parseInt(length, 10)
  return prefix <= bits ? { address, prefix } : undefined
}

export function addressAllowed(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList()
  for (const text of ranges) {
    const range = parseRange(text)
    if (range === undefined) continue
    list.addSubnet(range.address, range.prefix, isIP(range.address) === 6 ? 'ipv6' : 'ipv4')
  }
  const plain = unmapped(address)
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

/** Who counts as one stranger: an IPv4 address, or an IPv6 /64, which is what one customer gets. */
export function strangerOf(address: string): string {
  const plain = unmapped(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail = ''] = plain.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = plain.includes('::')
    ? [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right]
    : left
  return groups.slice(0, 4).join(':')
}

function unmapped(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
