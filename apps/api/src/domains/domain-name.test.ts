import { expect, test } from 'vitest'
import { displayName, parseDomain } from './domain-name.ts'

test.each([
  ['your-domain.com', 'your-domain.com'],
  ['Shop.Example.COM.', 'shop.example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['shop。example。com', 'shop.example.com'],
  ['shop.co.uk', 'shop.co.uk'],
])('%s is kept as %s', (given, ascii) => {
  expect(parseDomain(given)).toEqual({ ok: true, ascii })
})

test('a name is shown with its own letters', () => {
  expect(displayName('xn--bcher-kva.example')).toBe('bücher.example')
})

test.each([
  ['', 'host name'],
  ['com', 'public suffix'],
  ['co.uk', 'public suffix'],
  ['github.io', 'public suffix'],
  ['localhost', 'this network'],
  ['router.local', 'this network'],
  ['10.0.0.1', 'IP address'],
  ['0x7f.1', 'IP address'],
  ['::1', 'host name alone'],
  ['[::1]', 'host name alone'],
  ['https://shop.example', 'host name alone'],
  ['shop.example:443', 'host name alone'],
  ['shop.example/path', 'host name alone'],
  ['*.shop.example', 'host name alone'],
  ['_dmarc.shop.example', 'host name alone'],
  ['shop example.com', 'host name alone'],
  ['-shop.example', 'not a host name'],
  ['shop..example', 'not a host name'],
  ['shop.example..', 'not a host name'],
  [`${'a'.repeat(64)}.example`, 'not a host name'],
  [`${'a.'.repeat(130)}com`, 'not a host name'],
])('%j is refused: %s', (given, why) => {
  expect(parseDomain(given)).toEqual({ ok: false, detail: expect.stringContaining(why) })
})
