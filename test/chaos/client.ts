/** A client as our SDKs are: one key per wish, sent again until the answer is definitive. Keeps a journal. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'

export type Verb = 'create' | 'capture' | 'cancel' | 'refund'

export interface Answer {
  readonly status: number
  /** The body's bytes as they came, for comparison with every later answer under the same key. */
  readonly text: string
}

/** One wish of a client and everything definitive it was ever told about it. */
export interface Wish {
  readonly key: string
  readonly verb: Verb
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** Empty: nobody ever knew; more than one: the same request was sent twice at once. */
  readonly answers: Answer[]
  tries: number
}

export interface Client {
  readonly wishes: readonly Wish[]
  /** Requests sent, whatever became of them. */
  sent(): number
  /** Sends until there is a definitive answer. @throws Error when there is none in time. */
  ask(verb: Verb, path: string, key: string, body: Readonly<Record<string, unknown>>): Promise<Answer>
  /** Sends once, whatever the answer. */
  once(verb: Verb, path: string, key: string, body: Readonly<Record<string, unknown>>): Promise<void>
  /** Sends a recorded wish once more. */
  again(wish: Wish): Promise<Answer>
  /** Reads, or drives the payer: harmless to repeat, never journaled. Null where no answer could be had. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer | null>
}

export interface ClientParts {
  readonly url: string
  readonly apiKey: string
  readonly random: Random
  /** How long one wish may take in all; faults heal well before. */
  readonly patienceMs: number
}

const ANSWER_WITHIN_MS = 40_000
const PAUSE_MS = 150
const PAUSE_MS_MAX = 2_000
const TRIES_MAX = 10_000
const CALL_TRIES = 4
const TWICE_AT_ONCE = 0.08

export function createClient(parts: ClientParts): Client {
  const wishes: Wish[] = []
  let sent = 0
  async function send(method: string, path: string, body: unknown, key?: string): Promise<Received | null> {
    sent += 1
    try {
      const response = await fetch(parts.url + path, {
        method,
        headers: {
          authorization: `Bearer ${parts.apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
      const text = await response.text()
      return { status: response.status, text, advice: response.headers.get('onerouter-should-retry') }
    } catch {
      // Cut, refused or late: the very thing this client is for.
      return null
    }
  }
  const post = (wish: Wish) => send('POST', wish.path, wish.body, wish.key)
  const patience = createPatience(parts)

  async function untilDefinitive(wish: Wish): Promise<Answer> {
    const deadline = performance.now() + parts.patienceMs
    for (let attempt = 0; attempt < TRIES_MAX && performance.now() < deadline; attempt += 1) {
      wish.tries += 1
      const twice = parts.random.chance(TWICE_AT_ONCE)
      const all = await Promise.all(twice ? [post(wish), post(wish)] : [post(wish)])
      const definitive = all.filter((one) => one !== null).filter(isDefinitive)
      for (const { status, text } of definitive) wish.answers.push({ status, text })
      const first = wish.answers[0]
      if (first !== undefined) return first
      await sleep(patience(attempt))
    }
    throw new Error(`${wish.verb} ${wish.key}: no definitive answer within ${parts.patienceMs} ms`)
  }
  return {
    wishes,
    sent: () => sent,
    async ask(verb, path, key, body) {
      const wish: Wish = { key, verb, path, body, answers: [], tries: 0 }
      wishes.push(wish)
      return await untilDefinitive(wish)
    },
    async once(verb, path, key, body) {
      const wish: Wish = { key, verb, path, body, answers: [], tries: 1 }
      wishes.push(wish)
      await post(wish)
    },
    again: (wish) => untilDefinitive({ ...wish, answers: [], tries: 0 }),
    async call(method, path, body) {
      for (let attempt = 0; attempt < CALL_TRIES; attempt += 1) {
        const answer = await send(method, path, body)
        if (answer !== null && (answer.status < 500 || answer.advice === 'false')) return answer
        await sleep(patience(attempt))
      }
      return null
    },
  }
}

interface Received extends Answer {
  readonly advice: string | null
}

/** `202` says "not known yet"; the server's own advice says which refusals are for good. */
function isDefinitive({ status, advice }: Received): boolean {
  if (status < 400) return status !== 202
  return advice === 'false'
}

function createPatience({ random }: ClientParts): (attempt: number) => number {
  return (attempt) => {
    const longest = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** Math.min(attempt, 10))
    return PAUSE_MS / 2 + random.int(longest)
  }
}
