/** The provider's side, past every proxy: planned faults, payers, and the books that are compared at the end. */

export interface BookEntry {
  readonly accountId: string
  readonly orderRef: string
  readonly paymentRefs: readonly string[]
  readonly reference: string | null
  readonly currency: string
  /** Minor units as decimal text. */
  readonly amount: string
  readonly authorized: string
  readonly captured: string
  readonly refunded: string
  readonly status: string
}

export interface SandboxControl {
  fault(plan: Readonly<Record<string, unknown>>): Promise<void>
  clearFaults(): Promise<void>
  /** Lets the payer act at the provider; false where the provider refuses it. */
  simulate(provider: string, orderRef: string, action: string): Promise<boolean>
  book(provider: string): Promise<BookEntry[]>
}

const ANSWER_WITHIN_MS = 20_000

export function createSandboxControl(url: string): SandboxControl {
  const accounts = new Map<string, string>()
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    return await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  }
  async function book(provider: string): Promise<BookEntry[]> {
    const answer = await call('GET', `/book/${provider}`)
    if (!answer.ok) throw new Error(`the sandbox's book of ${provider}: ${answer.status}`)
    const { data } = (await answer.json()) as { data: BookEntry[] } // the control route's own shape
    return data
  }
  return {
    book,
    async fault(plan) {
      const answer = await call('POST', '/faults', plan)
      if (!answer.ok) throw new Error(`the sandbox refused a fault: ${await answer.text()}`)
    },
    async clearFaults() {
      await call('DELETE', '/faults')
    },
    async simulate(provider, orderRef, action) {
      let account = accounts.get(provider)
      if (account === undefined) {
        account = (await book(provider)).find((entry) => entry.orderRef === orderRef)?.accountId
        if (account === undefined) return false
        accounts.set(provider, account)
      }
      const path = `/simulations/${provider}/${encodeURIComponent(orderRef)}/${action}`
      const answer = await call('POST', path, { account_id: account })
      return answer.ok
    },
  }
}
