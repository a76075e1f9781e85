import { createSandbox, type Sandbox } from '../index.ts'
import { isRecord } from '../kernel/http.ts'
import type { Snapshot } from '../kernel/persistence.ts'
import { createTwilio } from './index.ts'

/** What a receiver saw of one callback attempt. */
export interface Received {
  readonly at: number
  readonly url: string
  readonly headers: Headers
  readonly fields: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

export const START_MS = Date.UTC(2026, 10, 24, 12, 0, 0)
export const TO = '+15558675310'
export const HOOK = 'https://or.example/in/twilio?account=1'

type Form = Readonly<Record<string, string>> | readonly (readonly [string, string])[]
const encode = (form: Form): string =>
  new URLSearchParams((Array.isArray(form) ? form : Object.entries(form)) as [string, string][]).toString() // a pair list

/** A sandbox on virtual time with one Twilio account and a callback receiver, for tests. */
export function createStand(options: { receive?: () => number | Error; restored?: Snapshot } = {}) {
  const received: Received[] = []
  const sandbox: Sandbox = createSandbox({
    clock: { now: () => START_MS },
    seed: 7,
    emulators: { twilio: createTwilio },
    timeoutSignal: () => new AbortController().signal,
    sleep: async () => {},
    restored: options.restored,
    async fetch(url, init) {
      const fields = Object.fromEntries(new URLSearchParams(String(init?.body)))
      received.push({ at: sandbox.now(), url: String(url), headers: new Headers(init?.headers), fields })
      const result = options.receive?.() ?? 204
      if (result instanceof Error) throw result
      return new Response(null, { status: result })
    },
  })
  const { id: accountId, credentials } = sandbox.account('twilio')
  const { account_sid: accountSid = '', auth_token: authToken = '', from_number: from = '' } = credentials
  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const api = sandbox.fetch('twilio')

  /** `path` is below the account, or absolute when it starts with `/2010`. */
  async function call(
    method: string,
    path: string,
    form?: Form,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const below = path.startsWith('/2010') ? path : `/2010-04-01/Accounts/${accountSid}${path}`
    const response = await api(
      new Request(`http://twilio.test${below}`, {
        method,
        headers: {
          authorization: basic(accountSid, authToken),
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        ...(form === undefined ? {} : { body: encode(form) }),
      }),
    )
    const text = await response.text()
    const parsed: unknown = text === '' ? {} : JSON.parse(text)
    return { status: response.status, headers: response.headers, body: isRecord(parsed) ? parsed : {} }
  }

  async function send(fields: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, body } = await call('POST', '/Messages.json', {
      To: TO,
      From: from,
      Body: 'Hi',
      ...fields,
    })
    if (status !== 201) throw new Error(JSON.stringify(body))
    return String(body['sid'])
  }

  return {
    sandbox,
    accountId,
    accountSid,
    authToken,
    from,
    received,
    basic,
    call,
    send,
    get: async (sid: string) => (await call('GET', `/Messages/${sid}.json`)).body,
    statuses: () => received.map(({ fields }) => fields['MessageStatus']),
    page: (path: string, form?: Form) =>
      sandbox.pages(
        new Request(`http://pages.test${path}`, {
          ...(form === undefined ? {} : { method: 'POST', body: encode(form) }),
        }),
      ),
  }
}
