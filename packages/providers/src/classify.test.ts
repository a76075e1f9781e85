import type { Outcome } from '@onerouter/core'
import { expect, expectTypeOf, test } from 'vitest'
import { classify, type Verdicts } from './classify.ts'
import type { HttpResult } from './spec.ts'

const VERDICTS: Verdicts<string> = {
  success: (body) => (isNamed(body, 'id') ? String(body.id) : undefined),
  refusal: (body) => {
    if (!isNamed(body, 'code')) return undefined
    const refusal = { providerCode: String(body.code), message: 'No.' }
    if (body.code === 'card_declined') return { kind: 'declined', reason: 'card_declined', ...refusal }
    return body.code === 'listed' ? { kind: 'rejected', reason: 'bad_request', ...refusal } : undefined
  },
}

const isNamed = <K extends string>(body: unknown, name: K): body is Record<K, unknown> =>
  typeof body === 'object' && body !== null && name in body

const silence = (sent: boolean, reason: Extract<HttpResult, { ok: false }>['reason']): HttpResult => ({
  ok: false,
  sent,
  reason,
})
const answer = (status: number, text: string): HttpResult => ({
  ok: true,
  response: { status, headers: {}, text },
})

type Kind = Outcome<never>['kind']

/** Signal, what it proves on the first send, what it proves on any later one. */
const ROWS: readonly (readonly [string, HttpResult, Kind, Kind])[] = [
  ['the name does not resolve', silence(false, 'dns'), 'not_sent', 'unknown'],
  ['the connection is refused', silence(false, 'connect'), 'not_sent', 'unknown'],
  ['the connection takes too long', silence(false, 'timeout'), 'not_sent', 'unknown'],
  ['the TLS handshake fails', silence(false, 'tls'), 'not_sent', 'unknown'],
  ['it was called off before it left', silence(false, 'aborted'), 'not_sent', 'unknown'],
  ['a kept connection is reset', silence(true, 'reset'), 'unknown', 'unknown'],
  ['no answer comes in time', silence(true, 'timeout'), 'unknown', 'unknown'],
  ['it was called off on its way', silence(true, 'aborted'), 'unknown', 'unknown'],
  ['the answer is longer than is read', silence(true, 'too_large'), 'unknown', 'unknown'],
  ['success', answer(200, '{"id":"x"}'), 'ok', 'ok'],
  ['success with another 2xx', answer(201, '{"id":"x"}'), 'ok', 'ok'],
  ['success that is cut off', answer(200, '{"id":'), 'unknown', 'unknown'],
  ['success without what was promised', answer(200, '{}'), 'unknown', 'unknown'],
  ['success with no body', answer(204, ''), 'unknown', 'unknown'],
  ['a page of HTML with status 200', answer(200, '<html>'), 'unknown', 'unknown'],
  ['a redirection', answer(302, ''), 'unknown', 'unknown'],
  ['500', answer(500, '{"code":"listed"}'), 'unknown', 'unknown'],
  ['502 from a gateway', answer(502, '<html>'), 'unknown', 'unknown'],
  ['503', answer(503, ''), 'unknown', 'unknown'],
  ['504', answer(504, ''), 'unknown', 'unknown'],
  ['408', answer(408, '{"code":"listed"}'), 'unknown', 'unknown'],
  ['425', answer(425, ''), 'unknown', 'unknown'],
  ['429', answer(429, ''), 'not_sent', 'unknown'],
  ['401 without a code', answer(401, ''), 'rejected', 'unknown'],
  ['403 without a code', answer(403, '<html>'), 'rejected', 'unknown'],
  ['401 with a listed code', answer(401, '{"code":"listed"}'), 'rejected', 'unknown'],
  ['403 with a listed code', answer(403, '{"code":"listed"}'), 'rejected', 'unknown'],
  ['400 with a listed code', answer(400, '{"code":"listed"}'), 'rejected', 'rejected'],
  ['404 with a listed code', answer(404, '{"code":"listed"}'), 'rejected', 'rejected'],
  ['422 with a listed code', answer(422, '{"code":"listed"}'), 'rejected', 'rejected'],
  ['400 with an unlisted code', answer(400, '{"code":"new"}'), 'unknown', 'unknown'],
  ['422 with an unlisted code', answer(422, '{"code":"new"}'), 'unknown', 'unknown'],
  ['400 with no JSON', answer(400, 'Bad Request'), 'unknown', 'unknown'],
  ['409 in progress, unlisted', answer(409, '{"code":"in_progress"}'), 'unknown', 'unknown'],
  ['402 declined', answer(402, '{"code":"card_declined"}'), 'declined', 'declined'],
  ['402 without a listed code', answer(402, '{}'), 'unknown', 'unknown'],
]

test.each(ROWS)('%s', (_signal, result, first, later) => {
  expect(classify({ send: 'first' }, result, VERDICTS).kind).toBe(first)
  expect(classify({ send: 'later' }, result, VERDICTS).kind).toBe(later)
})

test('every status and every text is one of the five outcomes, and no later send proves that nothing was sent', () => {
  for (let status = 100; status < 600; status++) {
    for (const text of [
      '',
      '{',
      '{}',
      'null',
      '[]',
      '{"id":1}',
      '{"code":"listed"}',
      '{"code":"card_declined"}',
    ]) {
      const first = classify({ send: 'first' }, answer(status, text), VERDICTS)
      const later = classify({ send: 'later' }, answer(status, text), VERDICTS)
      expect(later.kind).not.toBe('not_sent')
      // What a later send believes, a first one believes too.
      if (later.kind !== 'unknown') expect(first).toEqual(later)
      // A success is believed in the success range alone.
      expect(first.kind === 'ok').toBe(status >= 200 && status < 300 && text === '{"id":1}')
    }
  }
})

test('the types know that no later send proves that nothing was sent', () => {
  const later = classify({ send: 'later' }, silence(false, 'connect'), VERDICTS)
  expectTypeOf(later.kind).toEqualTypeOf<'ok' | 'declined' | 'rejected' | 'unknown'>()
  const first = classify({ send: 'first' }, silence(false, 'connect'), VERDICTS)
  expectTypeOf(first.kind).toEqualTypeOf<Kind>()
})
