import { expect, test } from 'vitest'
import { createSandbox } from '../index.ts'
import type { Snapshot } from '../kernel/persistence.ts'
import { createTwilio } from './index.ts'
import { hasReference, readReference } from './reference.ts'
import type { KeyRow, MessageRow } from './state.ts'

/** Requests the official SDK sent, replayed byte for byte against a sandbox that knows the ids they name. */
interface Exchange {
  readonly op: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly rawHeaders: readonly string[]
    readonly rawBody: string
  }
}

/** Shortly before the one `SendAt` in the recording. */
const NOW = Date.UTC(2026, 7, 1, 9, 0, 0)
const account = 'recorded'

const message = (status: MessageRow['status']): MessageRow => ({
  sid: 'SMaa11bb22cc33dd44aa11bb22cc33dd44',
  account,
  direction: 'outbound-api',
  to: '+15558675310',
  from: '+15557122661',
  serviceSid: null,
  body: 'Hi there',
  media: 0,
  segments: 1,
  status,
  errorCode: null,
  price: null,
  createdAt: NOW,
  updatedAt: NOW,
  sentAt: NOW,
  callback: null,
  validitySeconds: 36_000,
})
const key: KeyRow = {
  sid: 'SK0123456789abcdef0123456789abcdef',
  account,
  friendlyName: '',
  secret: 'api-key-secret',
  createdAt: NOW,
}
const row = <T extends { sid: string }>(value: T): [string, T] => [value.sid, value]
const snapshot = (status: MessageRow['status'], authToken: string): Snapshot => ({
  version: 1,
  offsetMs: 0,
  random: [1, 2, 3, 4],
  tasks: [],
  collections: {
    'kernel.accounts': [
      [
        account,
        {
          id: account,
          provider: 'twilio',
          credentials: {
            account_sid: 'AC0123456789abcdef0123456789abcdef',
            auth_token: authToken,
            from_number: '+15557122661',
          },
        },
      ],
    ],
    'twilio.messages': [row(message(status))],
    'twilio.keys': [row(key)],
  },
})

// The file's own outline, as its README describes it.
const exchanges = (readReference('recorded/twilio.json') as { exchanges: Exchange[] } | null)?.exchanges ?? []

const STATUS: Readonly<Record<string, number>> = { POST: 200, GET: 200, DELETE: 204 }
function expected({ op, request: { method, path } }: Exchange): readonly [status: number, code?: number] {
  if (op === 'err 21211') return [400, 21211]
  if (op === 'err 20003') return [401, 20003]
  return [method === 'POST' && path.endsWith('/Messages.json') ? 201 : (STATUS[method] ?? 0)]
}

test.skipIf(!hasReference)('all recorded requests are replayed', () => {
  expect(exchanges).toHaveLength(17)
})

test.skipIf(!hasReference).each(exchanges)(
  'the recorded $op is answered as Twilio does',
  async (exchange) => {
    const { op, request } = exchange
    const sandbox = createSandbox({
      clock: { now: () => NOW },
      seed: 1,
      fetch: async () => new Response(),
      emulators: { twilio: createTwilio },
      restored: snapshot(
        op.includes('canceled') ? 'scheduled' : 'delivered',
        // The recording's 401 came from its server, with the same token as the rest.
        op === 'err 20003' ? 'another' : 'fedcba9876543210fedcba9876543210',
      ),
    })
    const { rawHeaders } = request
    const headers = rawHeaders.flatMap((name, i): [string, string][] =>
      i % 2 === 0 && !/^(host|connection|content-length)$/i.test(name)
        ? [[name, rawHeaders[i + 1] ?? '']]
        : [],
    )
    const answer = await sandbox.fetch('twilio')(
      new Request(`http://127.0.0.1${request.path}`, {
        method: request.method,
        headers,
        ...(request.rawBody === '' ? {} : { body: request.rawBody }),
      }),
    )
    const text = await answer.text()
    const [status, code] = expected(exchange)
    expect([answer.status, text]).toEqual([status, expect.any(String)])
    if (code !== undefined) expect(JSON.parse(text)).toMatchObject({ code, status })
  },
)
