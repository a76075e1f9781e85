/** What every SDK of OneRouter does, as data; `sdks/python` runs the same file. */
import { expect, test } from 'vitest'
import vectors from '../../../test/vectors/sdk.json' with { type: 'json' }
import { camel } from './case.ts'
import { OneRouterError } from './errors.ts'
import { type Step, scripted } from './testing/scripted.ts'

interface Answer {
  readonly failure?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly text?: string
}

interface Request {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: unknown
}

interface Vector {
  readonly name: string
  readonly client: { readonly max_retries?: number }
  readonly call: {
    readonly method: string
    readonly args?: readonly string[]
    readonly params?: Readonly<Record<string, unknown>>
    readonly options?: { readonly idempotency_key?: string }
  }
  readonly responses: readonly Answer[]
  readonly expect: {
    readonly requests: readonly Request[]
    readonly waits_ms: readonly number[]
    readonly result?: Readonly<Record<string, unknown>>
    readonly items?: readonly string[]
    readonly error?: Readonly<Record<string, unknown>>
  }
}

const all = vectors.vectors as unknown as readonly Vector[] // JSON is typed by its literal rows

test.each(all.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
  const silent = vector.responses.some(({ failure }) => failure === 'timeout')
  const { client, seen, waits } = scripted(
    vector.responses.map(stepOf),
    vector.client.max_retries === undefined ? {} : { maxRetries: vector.client.max_retries },
    { timeouts: silent, random: vectors.random },
  )
  const { result, items, error } = vector.expect
  if (error === undefined) {
    const answered = await perform(client, vector.call, items !== undefined)
    if (items !== undefined) expect(answered).toEqual(items)
    else expect(answered).toMatchObject(inCamel(result) as object)
  } else {
    const failure = await perform(client, vector.call, true).catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(OneRouterError)
    const { class: kind, ...members } = error
    expect(failure).toMatchObject({ name: kind, ...(inCamel(members) as object) })
  }
  expect(waits).toEqual(vector.expect.waits_ms)
  expect(seen).toHaveLength(vector.expect.requests.length)
  for (const [i, wanted] of vector.expect.requests.entries()) {
    const request = seen[i]
    expect([request?.method, request?.url.pathname]).toEqual([wanted.method, wanted.path])
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual(wanted.query ?? {})
    for (const [name, value] of Object.entries(wanted.headers ?? {})) {
      expect(request?.headers.get(name) ?? null).toBe(value)
    }
    if (wanted.body !== undefined) {
      expect(request?.body === null ? null : JSON.parse(request?.body ?? '')).toEqual(wanted.body)
    }
  }
})

function stepOf({ failure, status, headers, body, text }: Answer): Step {
  if (failure === 'timeout') return 'silence'
  if (failure !== undefined) return new TypeError(failure)
  return new Response(text ?? JSON.stringify(body), { status: status ?? 200, headers: headers ?? {} })
}

async function perform(client: object, call: Vector['call'], walk: boolean): Promise<unknown> {
  const path = call.method.split('.').map(camel)
  const name = path.pop() ?? ''
  const resource = path.reduce<unknown>((at, member) => (at as Record<string, unknown>)[member], client)
  const method = (resource as Record<string, (...args: unknown[]) => unknown>)[name]
  const options = call.options === undefined ? [] : [inCamel(call.options)]
  const params = call.params === undefined && options.length === 0 ? [] : [inCamel(call.params ?? {})]
  const running = method?.(...(call.args ?? []), ...params, ...options)
  if (!walk || !isIterable(running)) return await running
  const ids: unknown[] = []
  for await (const item of running) ids.push(item.id)
  return ids
}

function isIterable(value: unknown): value is AsyncIterable<{ id: unknown }> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Names respelled; what is inside `metadata` is the caller's. */
function inCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamel)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      camel(name),
      name === 'metadata' ? member : inCamel(member),
    ]),
  )
}
