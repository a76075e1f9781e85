import { type Environment, formatId, type Uuid } from '@onerouter/core'
import { makeEvent } from '../../engine/events.ts'
import { eventArms } from '../../store/deliveries.ts'
import type { EventRow, Queryable } from '../../store/rows.ts'
import { rowJson } from '../../store/rows.ts'
import { type OpenAppOptions, type OpenedApp, openApp } from '../../testing/open-app.ts'
import type { Wait } from '../../worker/worker.ts'
import { createWebhooksOut, type WebhooksOut } from '../webhooks-out.ts'
import { type DeliveryWorker, startDeliveries } from '../worker.ts'

export interface DeliveryWorld {
  readonly api: OpenedApp
  readonly db: Queryable
  readonly out: WebhooksOut
  /** One more process's worker. */
  worker(more?: Partial<WebhooksOut>): DeliveryWorker & { readonly owner: Uuid }
  /** Raises events as a money statement does: with their deliveries, in one statement. */
  raise(
    accountId: Uuid,
    count?: number,
    more?: { environment?: Environment; type?: string },
  ): Promise<EventRow[]>
  /** Makes everything due that was due within the time. */
  pass(ms: number): Promise<void>
  rows<T = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<T[]>
  close(): Promise<void>
}

export async function createDeliveryWorld(options: OpenAppOptions = {}): Promise<DeliveryWorld> {
  const api = await openApp(options)
  const db: Queryable = {
    query: (statement) => api.deps.db.engine.query({ ...statement, values: [...statement.values] }),
  }
  const lanes: Queryable = {
    query: (statement) => api.deps.db.lanes.query({ ...statement, values: [...statement.values] }),
  }
  const out = createWebhooksOut(api.deps, { db, lanes }, waitFor)
  const workers: DeliveryWorker[] = []
  return {
    api,
    db,
    out,
    worker(more = {}) {
      const owner = more.owner ?? api.deps.newId()
      const worker = startDeliveries({ ...out, ...more, owner, wait: waitFor, log: api.deps.log })
      workers.push(worker)
      return { ...worker, owner }
    },
    async raise(accountId, count = 1, { environment = 'test', type = 'payment.succeeded' } = {}) {
      const events = Array.from({ length: count }, () => {
        const id = api.deps.newId()
        const subject = { kind: 'payment' as const, id: api.deps.newId() }
        const object = { id: formatId('payment', subject.id), object: 'payment', note: 'Ünï – ✓' }
        return makeEvent({ accountId, environment, id, type, subject, sequence: 1, object, at: new Date() })
      })
      await db.query({
        text: `with one as (select 1), ${eventArms('one', '$1')} select 1`,
        values: [rowJson(events)],
      })
      return events
    },
    async pass(ms) {
      await db.query({
        text: `update delivery set due_at = due_at - $1::bigint * interval '1 millisecond'
          where due_at is not null`,
        values: [ms],
      })
      await db.query({
        text: `update webhook_endpoint set failing_since = failing_since - $1::bigint * interval '1 millisecond',
          failed_on = ((failed_on::timestamp - $1::bigint * interval '1 millisecond'))::date`,
        values: [ms],
      })
    },
    rows: async <T>(text: string, values: readonly unknown[] = []) =>
      (await db.query({ text, values })).rows as T[], // the test names the columns
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await out.close()
      await api.close()
    },
  }
}

export function waitFor(ms: number): Wait {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  return {
    done: promise,
    end() {
      clearTimeout(timer)
      resolve()
    },
  }
}
