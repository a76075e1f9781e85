import type { World } from './command.ts'
import { member } from './wire.ts'

const ANSWER_WITHIN_MS = 5_000

export interface Health {
  readonly status: string
  readonly version: string
  readonly environment: string
  /** Name to status and detail. */
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail: string | null }>>
  /** The server's clock minus ours, in milliseconds, to a second; `null` when it names no time. */
  readonly skewMs: number | null
}

/** `GET /api/health`; `null` when no OneRouter answers there. */
export async function askHealth(world: World, baseUrl: string): Promise<Health | null> {
  const begunMs = world.now()
  const response = await probe(world, `${baseUrl}/api/health`)
  const body: unknown = await response?.json().catch(() => null)
  const [status, version] = [member(body, 'status'), member(body, 'version')]
  if (response === null || status === undefined || version === undefined) return null
  const middleMs = (begunMs + world.now()) / 2
  const dateMs = Date.parse(response.headers.get('date') ?? '')
  return {
    status,
    version,
    environment: member(body, 'environment') ?? 'unknown',
    checks: checksOf(body),
    // The header names whole seconds, cut off: on average half a second is missing.
    skewMs: Number.isNaN(dateMs) ? null : Math.round(dateMs + 500 - middleMs),
  }
}

/** One short GET; `null` when nothing answers. */
export async function probe(world: World, url: string): Promise<Response | null> {
  try {
    const signal = AbortSignal.any([world.stop, AbortSignal.timeout(ANSWER_WITHIN_MS)])
    return await world.fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal })
  } catch {
    return null
  }
}

function checksOf(body: unknown): Health['checks'] {
  const known = typeof body === 'object' && body !== null && 'checks' in body ? body.checks : null
  const entries = Object.entries(typeof known === 'object' && known !== null ? known : {})
  return Object.fromEntries(
    entries.map(([name, check]) => [
      name,
      { status: member(check, 'status') ?? 'unknown', detail: member(check, 'detail') ?? null },
    ]),
  )
}
