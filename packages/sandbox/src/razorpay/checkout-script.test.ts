import vm from 'node:vm'
import { expect, test, vi } from 'vitest'
import { CHECKOUT_SCRIPT } from './checkout-script.ts'

const API = 'http://127.0.0.1:8012'

interface Element {
  readonly tag: string
  readonly children: Element[]
  readonly style: Record<string, string>
  readonly contentWindow: object
  src?: string
  action?: string
  name?: string
  value?: string
  appendChild(child: Element): void
  remove(): void
  submit(): void
}

/** Just enough of a browser for the script: elements, a body, window messages. */
function browser() {
  const submitted: Record<string, unknown>[] = []
  const body: Element[] = []
  let listener: ((event: object) => void) | undefined
  const createElement = (tag: string): Element => {
    const element: Element = {
      tag,
      children: [],
      style: {},
      contentWindow: {},
      appendChild: (child) => void element.children.push(child),
      remove: () => void body.splice(body.indexOf(element), 1),
      submit: () =>
        void submitted.push({
          url: element.action,
          fields: Object.fromEntries(element.children.map(({ name, value }) => [name, value])),
        }),
    }
    return element
  }
  const window: Record<string, unknown> = {
    addEventListener: (_: string, added: (event: object) => void) => {
      listener = added
    },
    removeEventListener: () => {
      listener = undefined
    },
  }
  vm.runInNewContext(CHECKOUT_SCRIPT, {
    window,
    URL,
    URLSearchParams,
    location: { origin: 'https://shop.example' },
    document: {
      currentScript: { src: `${API}/v1/checkout.js` },
      createElement,
      body: { appendChild: (child: Element) => void body.push(child) },
    },
  })
  const frame = () => body.find(({ tag }) => tag === 'iframe')
  return {
    submitted,
    frame,
    // The script just defined it; its shape is what this test is about.
    open: (options: object) => {
      const Razorpay = window['Razorpay'] as new (
        o: object,
      ) => { open(): void; on(name: string, listener: (value: unknown) => void): void }
      const checkout = new Razorpay(options)
      checkout.open()
      return checkout
    },
    say: (data: object, origin = API, source = frame()?.contentWindow) =>
      listener?.({ data, origin, source }),
  }
}

const fields = { razorpay_payment_id: 'pay_1', razorpay_order_id: 'order_1', razorpay_signature: 'f00' }

test('open() frames the checkout of the script’s own origin with the order', () => {
  const page = browser()
  page.open({ key: 'rzp_test_1', order_id: 'order_1', prefill: { email: 'a@b.c' }, handler: () => {} })
  const url = new URL(page.frame()?.src ?? '')
  expect(`${url.origin}${url.pathname}`).toBe(`${API}/v1/checkout/public`)
  expect(Object.fromEntries(url.searchParams)).toEqual({
    key: 'rzp_test_1',
    order_id: 'order_1',
    'prefill[email]': 'a@b.c',
    origin: 'https://shop.example',
  })
})

test('a success closes the frame and calls handler with the signed ids', () => {
  const page = browser()
  const handler = vi.fn()
  page.open({ handler })
  page.say({ kind: 'success', fields })
  expect(handler).toHaveBeenCalledExactlyOnceWith(fields)
  expect(page.frame()).toBeUndefined()
})

test('in redirect mode the browser posts the result to callback_url', () => {
  const page = browser()
  page.open({ callback_url: 'https://shop.example/cb', redirect: true })
  page.say({ kind: 'success', fields })
  expect(page.submitted).toEqual([{ url: 'https://shop.example/cb', fields }])
})

test('closing calls modal.ondismiss', () => {
  const page = browser()
  const ondismiss = vi.fn()
  page.open({ modal: { ondismiss } })
  page.say({ kind: 'dismiss' })
  expect(ondismiss).toHaveBeenCalledOnce()
})

test('a failure is told to listeners and leaves the checkout open for another try', () => {
  const page = browser()
  const failed = vi.fn()
  page.open({}).on('payment.failed', failed)
  page.say({ kind: 'failed', error: { reason: 'card_declined' } })
  expect(failed).toHaveBeenCalledWith({ error: { reason: 'card_declined' } })
  expect(page.frame()).toBeDefined()
})

test('messages of other origins and frames are ignored', () => {
  const page = browser()
  const handler = vi.fn()
  page.open({ handler })
  page.say({ kind: 'success', fields }, 'https://evil.example')
  page.say({ kind: 'success', fields }, API, {})
  expect(handler).not.toHaveBeenCalled()
})
