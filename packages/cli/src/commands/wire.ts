/** The API's own JSON, as sent: what is forwarded or printed must not have gone through another spelling. */
import { CommandError, EXIT, type World } from './command.ts'

const ANSWER_WITHIN_MS = 15_000
const SHORTEST_PAUSE_MS = 250
/** Of a key's limit, watching uses the half: the rest is for the work that is watched. */
const SHARE_OF_LIMIT = 2

/** The API did not answer, or not now; worth another try after `retryMs`, where it said so. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly retryMs: number | undefined

  constructor(message: string, retryMs?: number) {
    super(message)
    this.retryMs = retryMs
  }
}

export interface Answer {
  readonly body: unknown
  /** The server's clock, in milliseconds. */
  readonly serverMs: number
}

export interface Wire {
  /** @throws Unavailable, or CommandError for a refusal */
  get(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<Answer>
  post(path: string): Promise<Answer>
  /** How long to wait between two looks of so many requests without using up the key's limit. */
  pauseMs(requests: number): number
}

interface Target {
  readonly world: World
  readonly baseUrl: string
  readonly apiKey: string
}

export function createWire({ world, baseUrl, apiKey }: Target): Wire {
  let perMinute: number | undefined
  const send = async (method: 'GET' | 'POST', path: string, more: RequestInit = {}): Promise<Answer> => {
    const headers = { accept: 'application/json', authorization: `Bearer ${apiKey}`, ...more.headers }
    const signal = AbortSignal.any([world.stop, AbortSignal.timeout(ANSWER_WITHIN_MS)])
    const init = { ...more, method, headers, signal, redirect: 'manual' } as const
    const response = await world.fetch(`${baseUrl}${path}`, init).catch(noAnswer)
    perMinute = limitOf(response.headers.get('ratelimit-policy'))
    const serverMs = Date.parse(response.headers.get('date') ?? '')
    return { body: await bodyOf(response), serverMs: Number.isNaN(serverMs) ? world.now() : serverMs }
  }
  return {
    get(path, query = {}) {
      const given = Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      )
      const text = new URLSearchParams(given).toString()
      return send('GET', text === '' ? path : `${path}?${text}`)
    },
    post: (path) => send('POST', path, { body: '{}', headers: { 'content-type': 'application/json' } }),
    pauseMs(requests) {
      if (perMinute === undefined) return SHORTEST_PAUSE_MS
      return Math.max(
        SHORTEST_PAUSE_MS,
        Math.ceil((60_000 * SHARE_OF_LIMIT * requests) / Math.max(1, perMinute)),
      )
    },
  }
}

function noAnswer(): never {
  throw new Unavailable('The API does not answer.')
}

async function bodyOf(response: Response): Promise<unknown> {
  const body = parseJson(await response.text().catch(noAnswer))
  if (response.ok) return body
  const detail = member(body, 'detail') ?? `The API answered ${response.status}.`
  if (response.status === 429 || response.status >= 500) {
    const seconds = response.headers.get('retry-after') ?? ''
    throw new Unavailable(detail, /^\d{1,6}$/.test(seconds) ? Number.parseInt(seconds, 10) * 1000 : undefined)
  }
  const code = member(body, 'code') ?? `http_${response.status}`
  throw new CommandError(detail, { exit: EXIT.failed, code })
}

/** `"minute";q=60;w=60, …` of draft-ietf-httpapi-ratelimit-headers. */
function limitOf(policy: string | null): number | undefined {
  const quota = /"minute";q=(\d{1,9});/.exec(policy ?? '')?.[1]
  return quota === undefined ? undefined : Number.parseInt(quota, 10)
}

export interface WirePage {
  readonly data: readonly Readonly<Record<string, unknown>>[]
  /** What continues the list; `null` at its end. */
  readonly next: string | null
}

/** @throws Unavailable for what is no list */
export function parsePage(body: unknown): WirePage {
  if (typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)) {
    return { data: body.data.filter(isObject), next: member(body, 'next_cursor') ?? null }
  }
  throw new Unavailable('The answer is not a list of a OneRouter API: is --base-url its address?')
}

/** A member that is text. */
export function member(value: unknown, name: string): string | undefined {
  if (!isObject(value)) return undefined
  const found = value[name]
  return typeof found === 'string' ? found : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An API that does not answer, for commands that ask it once. */
export function orUnreachable(error: unknown): never {
  if (!(error instanceof Unavailable)) throw error
  throw new CommandError(
    `${error.message}\nIs the API running (\`npm start\`), and is --base-url its address?`,
    {
      exit: EXIT.unreachable,
      code: 'connection_failed',
    },
  )
}
