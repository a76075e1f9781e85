import type { Environment } from '@onerouter/core'
import { inRange, isPublic, LOOPBACK, NEVER, parseAddress, type Range, unmapped } from './address-ranges.ts'

/**
 * Keeps requests to addresses that users name away from everything that is not the public internet. Checked
 * twice: when an address is saved, in words for its owner, and at every connection, on the address itself.
 */
export interface AddressPolicy {
  readonly https: 'required' | 'optional'
  /** Receivers on this machine, for development. */
  readonly loopback: boolean
  /** Private networks an operator opened; link-local and metadata addresses stay closed. */
  readonly allowed: readonly Range[]
  /** Our own listeners, whichever of our addresses they are called by. */
  readonly own: { readonly addresses: readonly string[]; readonly ports: readonly number[] }
}

/** The policy of an endpoint's environment on an installation that is or is not in production. */
export function policyFor(
  installation: {
    readonly production: boolean
    readonly allowed: readonly Range[]
    readonly own: AddressPolicy['own']
  },
  environment: Environment,
): AddressPolicy {
  const { production, allowed, own } = installation
  const test = environment === 'test'
  return { https: test ? 'optional' : 'required', loopback: test && !production, allowed, own }
}

export type Refusal =
  | 'not_a_url'
  | 'scheme'
  | 'credentials'
  | 'fragment'
  | 'port'
  | 'private_address'
  | 'own_address'

/** For the owner of the address; says nothing about what was found behind a name. */
export const REFUSAL_TEXT = {
  not_a_url: 'is not an absolute URL',
  scheme: 'must use https',
  credentials: 'must not contain a user name or password',
  fragment: 'must not contain a fragment',
  port: 'uses a port that webhooks are not sent to',
  private_address: 'does not lead to a public address',
  own_address: 'leads back to this server',
} as const satisfies Record<Refusal, string>

export interface Target {
  readonly origin: string
  readonly host: string
  readonly port: number
  /** Set when the host is an address, for which no resolver is ever asked. */
  readonly literal: string | null
}

export type Vetted =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly refusal: Refusal }

const PORTS: Readonly<Record<AddressPolicy['https'], (port: number) => boolean>> = {
  required: (port) => port === 443 || port === 8443,
  optional: (port) => port === 443 || port === 80 || (port >= 8000 && port <= 9999),
}

/** Everything that can be said without a resolver. The WHATWG parser alone decides what the host is. */
export function vetUrl(text: string, policy: AddressPolicy): Vetted {
  if (!URL.canParse(text)) return refuse('not_a_url')
  const url = new URL(text)
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || policy.https === 'required')) {
    return refuse('scheme')
  }
  if (url.username !== '' || url.password !== '') return refuse('credentials')
  if (url.hash !== '' || text.includes('#')) return refuse('fragment')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // One spelling per name: a final dot changes no address, but what is compared with it.
  const name = host.replace(/\.$/, '').toLowerCase()
  if (name === '') return refuse('not_a_url')
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number.parseInt(url.port, 10)
  const literal = parseAddress(name) === undefined ? null : name
  const local = literal === null ? isLocalName(name) : isLoopback(literal)
  if (local && !policy.loopback) return refuse('private_address')
  if (!local && !PORTS[policy.https](port)) return refuse('port')
  if (literal !== null) {
    const refusal = vetAddress(literal, port, policy)
    if (refusal !== null) return refuse(refusal)
  }
  return { ok: true, target: { origin: url.origin, host: name, port, literal } }
}

const refuse = (refusal: Refusal): Vetted => ({ ok: false, refusal })

/** RFC 6761, section 6.3: these names are this machine, whatever a resolver says. */
export function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

function isLoopback(text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && LOOPBACK.some((one) => inRange(address, one))
}

/** Why an address must not be connected to; `null` = it may. */
export function vetAddress(text: string, port: number, policy: AddressPolicy): Refusal | null {
  const parsed = parseAddress(text)
  if (parsed === undefined) return 'private_address'
  if (policy.own.ports.includes(port) && isOwn(text, policy)) return 'own_address'
  if (NEVER.some((one) => inRange(unmapped(parsed), one))) return 'private_address'
  if (isPublic(parsed)) return null
  if (policy.loopback && isLoopback(text)) return null
  return policy.allowed.some((one) => inRange(parsed, one)) ? null : 'private_address'
}

function isOwn(text: string, policy: AddressPolicy): boolean {
  const parsed = parseAddress(text)
  if (parsed === undefined) return false
  const { family, value } = unmapped(parsed)
  return [...policy.own.addresses, '127.0.0.1', '::1'].some((own) => {
    const mine = parseAddress(own)
    return mine !== undefined && mine.family === family && mine.value === value
  })
}

/** All addresses of a name, or none: a name with one private address is refused whole, so order cannot matter. */
export function vetAddresses(
  addresses: readonly string[],
  port: number,
  policy: AddressPolicy,
): Refusal | null {
  if (addresses.length === 0) return 'private_address'
  for (const address of addresses) {
    const refusal = vetAddress(address, port, policy)
    if (refusal !== null) return refusal
  }
  return null
}

/** Whether what an address answers may be shown: not where it answers from a network an operator opened. */
export function mayShowAnswer(address: string, policy: AddressPolicy): boolean {
  const parsed = parseAddress(address)
  return parsed !== undefined && (isPublic(parsed) || policy.loopback)
}
