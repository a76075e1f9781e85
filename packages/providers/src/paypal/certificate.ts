import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { crc32 } from 'node:zlib'
import type { Environment } from '@onerouter/core'
import type { PaypalContext } from './api.ts'
import { ORIGIN } from './origin.ts'

/**
 * The certificate a delivery names is the sender's choice, so its address is checked against fixed hosts before
 * it is fetched and its content against PayPal's name, its dates and the public roots before it is believed
 * (PayPal REST API, Webhooks: verify the signature yourself).
 */
export interface CertificateSource {
  readonly url: string
  /** `override`: the origin configured in place of PayPal's test API, whose certificate may be its own. */
  readonly trust: 'paypal' | 'override'
}

const HOSTS = {
  test: ['api.sandbox.paypal.com', 'api-m.sandbox.paypal.com'],
  live: ['api.paypal.com', 'api-m.paypal.com'],
} as const satisfies Record<Environment, readonly string[]>

/** Subjects PayPal signs with; a sandbox certificate never speaks for live money. */
const NAMES = {
  test: ['messageverificationcerts.sandbox.paypal.com', 'messageverificationcerts.paypal.com'],
  live: ['messageverificationcerts.paypal.com'],
} as const satisfies Record<Environment, readonly string[]>

const FILE = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/
const URL_LENGTH_MAX = 512
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

/** `null` = an address we do not fetch. */
export function vetCertificateUrl(
  ctx: Pick<PaypalContext, 'environment' | 'baseUrl'>,
  text: string,
): CertificateSource | null {
  if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  const overridden = ctx.environment === 'test' && ctx.baseUrl !== ORIGIN.test
  if (overridden) {
    const base = new URL(ctx.baseUrl)
    const prefix = base.pathname.replace(/\/$/, '')
    const below = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : url.pathname
    // A sandbox behind a gateway names its own address; the file is fetched through the gateway all the same.
    const known = url.origin === base.origin || LOOPBACK.includes(url.hostname)
    if (known && FILE.test(below)) return { url: base.origin + prefix + below, trust: 'override' }
  }
  const hosts: readonly string[] = HOSTS[ctx.environment]
  const genuine = url.protocol === 'https:' && url.port === '' && hosts.includes(url.hostname)
  return genuine && FILE.test(url.pathname) ? { url: url.href, trust: 'paypal' } : null
}

export type LoadedCertificate =
  | { readonly kind: 'trusted'; readonly certificate: X509Certificate }
  | { readonly kind: 'untrusted' }
  /** It cannot be had, or not judged; PayPal itself can still be asked about the signature. */
  | { readonly kind: 'unavailable' }

const FETCH_TIMEOUT_MS = 5_000
const PEM_LENGTH_MAX = 32 * 1024
const KEPT_MS = 24 * 3_600_000
const FAILURE_KEPT_MS = 30_000
const NOT_TO_BE_HAD = ''
/** Senders choose addresses, so these share a fixed number of places and push nothing else out of the cache. */
const PLACES = 64

/** Fetches at most once a day per address, and not again at once after a failure. */
export async function loadCertificate(
  ctx: PaypalContext,
  source: CertificateSource,
  roots: readonly string[] = rootCertificates,
): Promise<LoadedCertificate> {
  const { url } = source
  const pem =
    cachedPem(ctx, url) ?? (await ctx.tokens.single(`paypal:certificate:${url}`, () => fetchPem(ctx, url)))
  if (pem === NOT_TO_BE_HAD) return { kind: 'unavailable' }
  const chain = readChain(pem)
  const [leaf] = chain
  if (leaf === undefined) return { kind: 'unavailable' }
  return judge(leaf, chain.slice(1), { ...ctx, trust: source.trust, roots })
}

function cachedPem(ctx: PaypalContext, url: string): string | undefined {
  const cached = ctx.tokens.get(placeOf(url))
  if (cached === undefined || cached.expiresAtMs <= ctx.now()) return undefined
  return cached.token.startsWith(`${url}\n`) ? cached.token.slice(url.length + 1) : undefined
}

const placeOf = (url: string): string => `paypal:certificate:place:${crc32(url) % PLACES}`

async function fetchPem(ctx: PaypalContext, url: string): Promise<string> {
  const result = await ctx.http({
    method: 'GET',
    path: url,
    headers: { accept: '*/*' },
    timeoutMs: FETCH_TIMEOUT_MS,
  })
  const text = result.ok && result.response.status === 200 ? result.response.text : ''
  const usable = text.length <= PEM_LENGTH_MAX && readChain(text).length > 0
  const pem = usable ? text : NOT_TO_BE_HAD
  ctx.tokens.set(placeOf(url), `${url}\n${pem}`, ctx.now() + (usable ? KEPT_MS : FAILURE_KEPT_MS))
  return pem
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g
const CHAIN_LENGTH_MAX = 5
const RSA_BITS_MIN = 2048

/** The certificates in the text, leaf first; none when any of them is damaged. */
function readChain(pem: string): readonly X509Certificate[] {
  try {
    const blocks = [...pem.matchAll(PEM)].slice(0, CHAIN_LENGTH_MAX)
    return blocks.map(([block]) => new X509Certificate(block))
  } catch {
    return []
  }
}

function judge(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  by: Pick<PaypalContext, 'environment' | 'now'> & {
    readonly trust: CertificateSource['trust']
    readonly roots: readonly string[]
  },
): LoadedCertificate {
  const nowMs = by.now()
  const bits = leaf.publicKey.asymmetricKeyDetails?.modulusLength ?? 0
  const isRsa = leaf.publicKey.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN
  if (!isRsa || !isCurrent(leaf, nowMs)) return { kind: 'untrusted' }
  if (by.trust === 'override') return { kind: 'trusted', certificate: leaf }
  const allowed: readonly string[] = NAMES[by.environment]
  if (!namesOf(leaf).some((name) => allowed.includes(name))) return { kind: 'untrusted' }
  switch (followChain(leaf, others, by.roots, nowMs)) {
    case 'anchored':
      return { kind: 'trusted', certificate: leaf }
    case 'incomplete':
      return { kind: 'unavailable' }
    case 'broken':
      return { kind: 'untrusted' }
  }
}

/**
 * From the leaf to a public root. PayPal serves the leaf alone, so an issuer that is missing proves nothing;
 * an issuer that is there and did not sign, or may not sign, does.
 */
function followChain(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly string[],
  nowMs: number,
): 'anchored' | 'incomplete' | 'broken' {
  const anchors = parsedRoots(roots)
  let current = leaf
  for (let depth = 0; depth < CHAIN_LENGTH_MAX; depth++) {
    const anchor = (anchors.get(current.issuer) ?? []).find((root) => isIssuer(current, root, nowMs))
    if (anchor !== undefined) return 'anchored'
    const named = others.filter((other) => other.subject === current.issuer && other !== current)
    const issuer = named.find((other) => isIssuer(current, other, nowMs))
    if (issuer === undefined) {
      return named.length > 0 || current.issuer === current.subject ? 'broken' : 'incomplete'
    }
    current = issuer
  }
  return 'broken'
}

function isIssuer(child: X509Certificate, issuer: X509Certificate, nowMs: number): boolean {
  return issuer.ca && isCurrent(issuer, nowMs) && child.checkIssued(issuer) && child.verify(issuer.publicKey)
}

function isCurrent(certificate: X509Certificate, nowMs: number): boolean {
  return certificate.validFromDate.getTime() <= nowMs && nowMs <= certificate.validToDate.getTime()
}

/** Host names of the subject and its alternatives, in lower case. */
function namesOf(certificate: X509Certificate): readonly string[] {
  const common = certificate.subject.split('\n').filter((part) => part.startsWith('CN='))
  const alternative = certificate.subjectAltName?.split(', ').filter((part) => part.startsWith('DNS:')) ?? []
  return [...common.map((part) => part.slice(3)), ...alternative.map((part) => part.slice(4))].map((name) =>
    name.toLowerCase(),
  )
}

type RootsBySubject = ReadonlyMap<string, readonly X509Certificate[]>
/** Parsing all public roots takes tens of milliseconds, so each list is parsed once. */
const parsed = new WeakMap<readonly string[], RootsBySubject>()

function parsedRoots(roots: readonly string[]): RootsBySubject {
  const known = parsed.get(roots)
  if (known !== undefined) return known
  const bySubject = Map.groupBy(
    roots.map((pem) => new X509Certificate(pem)),
    ({ subject }) => subject,
  )
  parsed.set(roots, bySubject)
  return bySubject
}
