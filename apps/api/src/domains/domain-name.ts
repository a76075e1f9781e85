import { isIP } from 'node:net'
import { domainToASCII, domainToUnicode } from 'node:url'

export type ParsedDomain =
  | { readonly ok: true; readonly ascii: string }
  | { readonly ok: false; readonly detail: string }

const LENGTH_MAX = 253
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
const LOCAL_TLDS: ReadonlySet<string> = new Set([
  'localhost',
  'local',
  'internal',
  'invalid',
  'onion',
  'arpa',
  'lan',
])

/**
 * Suffixes under which strangers register names. The list is short because it only saves people a mistake: a
 * record at a public suffix cannot be published by anybody but its registry.
 */
const PUBLIC_SUFFIXES: ReadonlySet<string> = new Set(
  (
    'co.uk org.uk me.uk ac.uk gov.uk co.in net.in org.in firm.in gen.in ind.in gov.in com.au net.au org.au co.nz ' +
    'co.jp ne.jp or.jp com.br net.br com.mx com.ar com.sg com.my com.hk com.tw com.cn net.cn co.kr co.za co.id ' +
    'co.il com.tr com.ua com.pl com.ph com.vn github.io gitlab.io herokuapp.com vercel.app netlify.app pages.dev ' +
    'workers.dev onrender.com fly.dev web.app firebaseapp.com azurewebsites.net cloudfront.net appspot.com ' +
    'blogspot.com myshopify.com ngrok.io ngrok.app ngrok-free.app trycloudflare.com railway.app'
  ).split(' '),
)

/** A host name in its one stored form: punycode, lower case, no trailing dot (UTS 46, RFC 1035 section 2.3.4). */
export function parseDomain(text: string): ParsedDomain {
  const given = text.replace(/\.$/, '')
  if (/[\s/:@?#%*_\\[\]]/.test(given)) {
    return refused('must be a host name alone, such as shop.example.com, without scheme, port or path')
  }
  if (isIP(given) !== 0) return refused('must be a host name, not an IP address')
  const ascii = domainToASCII(given).toLowerCase()
  const labels = ascii.split('.')
  const tld = labels.at(-1) ?? ''
  if (ascii === '' || ascii.length > LENGTH_MAX || !labels.every((label) => LABEL.test(label))) {
    return refused('is not a host name')
  }
  if (isIP(ascii) !== 0 || /^\d+$/.test(tld)) return refused('must be a host name, not an IP address')
  if (LOCAL_TLDS.has(tld))
    return refused('names a machine of this network, which the public DNS does not know')
  if (labels.length < 2 || PUBLIC_SUFFIXES.has(ascii)) {
    return refused('is a public suffix; name the domain below it')
  }
  return { ok: true, ascii }
}

export const displayName = (ascii: string): string => domainToUnicode(ascii) || ascii

const refused = (detail: string): ParsedDomain => ({ ok: false, detail })
