import { Resolver } from 'node:dns/promises'

/** What DNS says about the TXT records of a name; each record's strings joined (RFC 7208, section 3.3). */
export type TxtAnswer =
  | { readonly kind: 'found'; readonly records: readonly string[] }
  | { readonly kind: 'absent'; readonly reason: 'nxdomain' | 'no_txt_record' }
  | { readonly kind: 'unavailable'; readonly reason: 'timeout' | 'servfail' | 'refused' | 'unreachable' }

export type TxtLookup = (name: string) => Promise<TxtAnswer>

const TRY_MS = 2_000
const TRIES = 2
/** Above what the tries take together: the resolver's own limits end it first. */
const OVERALL_MS = 8_000
const RECORDS_MAX = 200

/** The codes of Node's resolver (Node.js documentation, dns, "Error codes"); what is not listed proves nothing. */
const ANSWERS: Readonly<Record<string, TxtAnswer>> = {
  ENOTFOUND: { kind: 'absent', reason: 'nxdomain' },
  ENODATA: { kind: 'absent', reason: 'no_txt_record' },
  ETIMEOUT: { kind: 'unavailable', reason: 'timeout' },
  ECANCELLED: { kind: 'unavailable', reason: 'timeout' },
  ESERVFAIL: { kind: 'unavailable', reason: 'servfail' },
  EREFUSED: { kind: 'unavailable', reason: 'refused' },
}

/** Asks the machine's resolvers, or those of `DNS_SERVERS`; aliases (CNAME) are followed by them. */
export function createTxtLookup(servers: readonly string[]): TxtLookup {
  return async (name) => {
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES })
    if (servers.length > 0) resolver.setServers(servers)
    AbortSignal.timeout(OVERALL_MS).addEventListener('abort', () => resolver.cancel())
    try {
      const records = await resolver.resolveTxt(name)
      return { kind: 'found', records: records.slice(0, RECORDS_MAX).map((strings) => strings.join('')) }
    } catch (error) {
      return ANSWERS[codeOf(error)] ?? { kind: 'unavailable', reason: 'unreachable' }
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
