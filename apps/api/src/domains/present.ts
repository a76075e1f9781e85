import type { Domain } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import { recordNames, recordOf } from './decide.ts'
import { displayName } from './domain-name.ts'
import type { DomainReason, DomainRow } from './row.ts'

const REASONS: Readonly<Record<DomainReason, string>> = {
  nxdomain: 'The domain does not exist in DNS (NXDOMAIN).',
  no_txt_record: 'The domain has no TXT record.',
  no_matching_record: 'The domain has TXT records, but not this one.',
  other_token: 'The domain has a paypal-site-verification record with another value.',
  timeout: 'The DNS servers did not answer in time.',
  servfail: 'The DNS servers of the domain failed (SERVFAIL).',
  refused: 'The DNS servers refused to answer (REFUSED).',
  unreachable: 'The DNS servers could not be reached.',
}

export const inWords = (reason: DomainReason): string => REASONS[reason]

export function presentDomain(row: DomainRow): Domain {
  const [own, beside] = recordNames(row.domain)
  return {
    id: formatId('domain', row.id),
    object: 'domain',
    service_name: row.service,
    environment: row.environment,
    domain: row.domain,
    display_name: displayName(row.domain),
    state: row.state,
    verification_method: 'dns',
    dns_record: recordOf(row),
    record_type: 'TXT',
    record_names: [own, beside],
    instructions: `Add this TXT record to your DNS, at ${own} or, where that name is an alias (CNAME), at ${beside}. Then confirm the domain.`,
    reason: row.reason,
    reason_detail: row.reason === null ? null : inWords(row.reason),
    checked_at: row.checked_at?.toISOString() ?? null,
    verified_at: row.verified_at?.toISOString() ?? null,
    expires_at: row.state === 'pending' ? row.expires_at.toISOString() : null,
    created_at: row.created_at.toISOString(),
  }
}
