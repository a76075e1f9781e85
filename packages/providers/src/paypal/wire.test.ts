import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readIssue } from './errors.ts'
import { parseEvent } from './events.ts'
import { paymentOf } from './from-wire.ts'
import { captureBody, NOW_MS, orderBody, refundBody } from './scripted.fixture.ts'
import { idInLink, idOf, linkOf, readOrder } from './wire.ts'

/** A genuine answer in which one member, anywhere, has become any JSON value. */
const damaged = fc.tuple(fc.jsonValue(), fc.nat()).map(([value, at]) => {
  let seen = 0
  const body = orderBody('COMPLETED', { captures: [captureBody()], refunds: [refundBody()] })
  return JSON.parse(JSON.stringify(body), (_key, item: unknown) =>
    seen++ === at % 60 ? value : item,
  ) as unknown
})

describe('answers of any shape', () => {
  test('never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), damaged), (body) => {
        const order = readOrder(body)
        if (order !== undefined) paymentOf(order, { refs: {} }, NOW_MS)
        readIssue(body)
        parseEvent(
          new TextEncoder().encode(
            JSON.stringify({ id: 'WH-1', event_type: 'PAYMENT.CAPTURE.X', resource: body }),
          ),
        )
      }),
    )
  })
})

describe('links', () => {
  const links = [
    { rel: 'self', href: 'https://api.paypal.com/v2/checkout/orders/A' },
    { rel: 'approve', href: 'https://www.paypal.com/a' },
    { rel: 'payer-action', href: 'https://www.paypal.com/b' },
  ]

  test('are chosen by name in the order asked for, never by place', () => {
    expect(linkOf(links, 'payer-action', 'approve')).toBe('https://www.paypal.com/b')
    expect(linkOf(links.slice(0, 2), 'payer-action', 'approve')).toBe('https://www.paypal.com/a')
    expect(linkOf(undefined, 'approve')).toBeNull()
  })

  test.each([
    ['https://api.paypal.com/v2/checkout/orders/ORDER1', 'ORDER1'],
    ['https://api.paypal.com/v2/checkout/orders/ORDER1/capture?x#y', 'ORDER1'],
    ['https://api.paypal.com/v2/payments/captures/CAP1', null],
    ['https://api.paypal.com/v2/checkout/orders/%2e%2e', null],
    [null, null],
  ])('%s names the order %s', (href, id) => {
    expect(idInLink(href, 'orders')).toBe(id)
  })

  test.each(['', '../x', 'a/b', 'a?b', 'x'.repeat(65), 7, null])('%j is no id', (value) => {
    expect(idOf(value)).toBeNull()
  })
})
