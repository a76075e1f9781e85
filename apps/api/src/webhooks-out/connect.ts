import { promises as dns } from 'node:dns'
import { buildConnector } from 'undici'
import {
  type AddressPolicy,
  isLocalName,
  REFUSAL_TEXT,
  type Refusal,
  vetAddress,
  vetAddresses,
} from './address-guard.ts'
import { parseAddress } from './address-ranges.ts'

/** All addresses of a name. Rejects when there are none or nobody answers: no address is ever guessed. */
export type Resolve = (name: string) => Promise<readonly string[]>

export class AddressRefused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(`The address ${REFUSAL_TEXT[refusal]}.`)
    this.name = 'AddressRefused'
    this.refusal = refusal
  }
}

export class NameUnresolved extends Error {
  constructor(cause: unknown) {
    super('The name could not be resolved.', { cause })
    this.name = 'NameUnresolved'
  }
}

/**
 * Asks the configured name servers itself. The system's own look-up would read /etc/hosts too, but it blocks one
 * of four threads for as long as a dead server likes.
 */
export function createResolve(timeoutMs: number): Resolve {
  return async (name) => {
    const resolver = new dns.Resolver({ timeout: timeoutMs, tries: 1 })
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length === 0) throw new Error('no address', { cause: answers })
    return found
  }
}

/** Resolves a host to addresses that were all vetted. @throws AddressRefused, NameUnresolved */
export async function vettedAddresses(
  host: string,
  port: number,
  policy: AddressPolicy,
  limits: { readonly resolve: Resolve; readonly dnsMs: number },
): Promise<readonly string[]> {
  const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const addresses = await addressesOf(name, limits)
  const refusal = vetAddresses(addresses, port, policy)
  if (refusal !== null) throw new AddressRefused(refusal)
  return addresses
}

async function addressesOf(
  name: string,
  { resolve, dnsMs }: { readonly resolve: Resolve; readonly dnsMs: number },
): Promise<readonly string[]> {
  if (parseAddress(name) !== undefined) return [name]
  if (isLocalName(name)) return ['127.0.0.1', '::1']
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new NameUnresolved('timeout')), dnsMs)
  try {
    return await Promise.race([resolve(name), late.promise])
  } catch (error) {
    throw error instanceof NameUnresolved ? error : new NameUnresolved(error)
  } finally {
    clearTimeout(timer)
  }
}

/** More addresses than this are not tried: the deadline would pass first. */
const ADDRESSES_MAX = 4

export interface Connecting {
  readonly policy: AddressPolicy
  readonly resolve: Resolve
  readonly dnsMs: number
  readonly connectMs: number
  /** Certificates to trust besides the system's; for tests. */
  readonly ca?: string
  readonly onConnected: (address: string) => void
}

/**
 * Connects to an address that was vetted a moment ago and to no other: nobody resolves the name a second time.
 * The name stays what certificates are checked against.
 */
export function createConnector(connecting: Connecting): buildConnector.connector {
  const { policy, connectMs, ca, onConnected } = connecting
  const plain = buildConnector({
    allowH2: false,
    timeout: connectMs,
    ...(ca !== undefined && { ca }),
  })
  const dial = (options: buildConnector.Options, address: string) =>
    new Promise<Parameters<buildConnector.Callback>>((resolve) => {
      plain({ ...options, hostname: address }, (...result) => resolve(result))
    })
  return (options, callback) => {
    const port = portOf(options)
    const name = options.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    const named = parseAddress(name) === undefined && options.protocol === 'https:'
    const secure = named ? { ...options, servername: name } : options
    connect().then((result) => callback(...result), fail)

    async function connect(): Promise<Parameters<buildConnector.Callback>> {
      const addresses = await vettedAddresses(name, port, policy, connecting)
      let last: Parameters<buildConnector.Callback> = [new NameUnresolved('no address'), null]
      for (const address of addresses.slice(0, ADDRESSES_MAX)) {
        last = await dial(secure, address)
        const [, socket] = last
        // Of a failed connection undici tells the error alone.
        if (socket === null || socket === undefined) continue
        const reached = socket.remoteAddress ?? ''
        const refusal = vetAddress(reached, port, policy)
        if (refusal === null) {
          onConnected(reached)
          return last
        }
        socket.destroy()
        return [new AddressRefused(refusal), null]
      }
      return last
    }

    function fail(error: unknown): void {
      callback(error instanceof Error ? error : new Error(String(error)), null)
    }
  }
}

function portOf(options: buildConnector.Options): number {
  const port = Number.parseInt(options.port, 10)
  if (Number.isInteger(port)) return port
  return options.protocol === 'https:' ? 443 : 80
}
