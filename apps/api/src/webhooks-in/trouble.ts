import type { Provider } from '@onerouter/providers'
import type { RegistrationRow } from '../store/webhook-registrations.ts'

/** Fewer are a test of somebody's, or a secret that is just being changed. */
const REFUSED_MIN = 3

export interface Trouble {
  /** Why events do not arrive, or soon will not, and what to do; `null` = nothing is wrong. */
  readonly problem: string | null
  /** When the provider begins to lose events if nothing changes. */
  readonly givesUpAt: Date | null
  /** What to paste where, while OneRouter could not do it itself. */
  readonly instructions: string | null
}

export const NO_TROUBLE: Trouble = { problem: null, givesUpAt: null, instructions: null }

/** What is wrong with how a provider's events reach us, in words. */
export function troubleWith(provider: Provider, row: RegistrationRow): Trouble {
  const instructions = row.state === 'registered' ? null : provider.webhooks.instructions
  const refused = refusedDeliveries(provider, row)
  if (refused !== null) return { ...refused, instructions }
  return { problem: notRegistered(provider, row), givesUpAt: null, instructions }
}

function refusedDeliveries(
  { label, webhooks }: Provider,
  row: RegistrationRow,
): Omit<Trouble, 'instructions'> | null {
  if (row.refused < REFUSED_MIN || row.refused_since === null) return null
  const { patience } = webhooks
  const givesUpAt = patience === undefined ? null : new Date(row.refused_since.getTime() + patience.ms)
  const threat =
    givesUpAt === null || patience === undefined
      ? ''
      : patience.ending === 'stops'
        ? ` ${label} stops sending altogether at ${givesUpAt.toISOString()}.`
        : ` ${label} begins to drop events at ${givesUpAt.toISOString()}.`
  const problem =
    `${row.refused} deliveries of ${label} were refused since ${row.refused_since.toISOString()}: ` +
    `${REASONS[row.refused_reason ?? ''] ?? row.refused_reason}.${threat}`
  return { problem, givesUpAt }
}

const REASONS: Readonly<Record<string, string>> = {
  no_secret:
    'no webhook secret is saved, so signatures cannot be checked; save the credentials again with it',
  missing_header: 'they carry no signature',
  bad_signature:
    'their signature does not hold; save the credentials again with the webhook secret in force there',
  stale: 'they are too old; compare the clock of this server',
  untrusted_certificate: 'the certificate they are signed with is not the provider’s',
  unavailable: 'the certificate they are signed with could not be fetched',
}

function notRegistered({ label }: Provider, { state, reason }: RegistrationRow): string | null {
  switch (state) {
    case 'registered':
      return null
    case 'by_hand':
      return reason === null ? null : `${label} was not told where to send its events: ${reason}.`
    case 'refused':
      return `${label} did not let OneRouter register the address for its events: ${reason}`
    case 'unreachable':
      return `${label} could not be asked to send its events here (${reason}); it is asked again.`
  }
}
