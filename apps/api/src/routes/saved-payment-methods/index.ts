import { formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { callerOf } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { tendPending } from '../../saved/keep.ts'
import { ownSaved } from '../../saved/pay.ts'
import type { Saved } from '../../saved/ports.ts'
import { presentSaved } from '../../saved/present.ts'
import { removeSaved } from '../../saved/remove.ts'
import { isKept } from '../../saved/row.ts'
import { listSaved, type SavedFilter, updateSaved } from '../../saved/store.ts'
import { seen } from '../customers/index.ts'

export function savedPaymentMethodRoutes(app: FastifyInstance, saved: Saved): void {
  const { db, engine } = saved

  mount(app, 'listSavedPaymentMethods', async ({ query, principal }) => {
    const page = parsePage('saved_payment_method', query)
    const filter: Omit<SavedFilter, 'states'> = {
      accountId: principal.accountId,
      environments: seen(principal, query.environment),
      services: principal.services === null ? null : [...principal.services],
      limit: page.limit,
      ...(query.customer !== undefined && { customerId: idParam('customer', query.customer) }),
      ...(page.after !== null && { startingAfter: page.after }),
    }
    if (query.customer !== undefined) await catchUp(saved, filter)
    const rows = await listSaved(db, { ...filter, states: ['active'] })
    return listAnswer(rows.filter(isKept), page.limit, presentSaved)
  })

  mount(app, 'getSavedPaymentMethod', async ({ params, principal }) =>
    presentSaved(await ownSaved(saved, callerOf(principal), idParam('saved_payment_method', params.id))),
  )

  mount(app, 'updateSavedPaymentMethod', async ({ params, body, principal }) => {
    const found = await ownSaved(saved, callerOf(principal), idParam('saved_payment_method', params.id))
    const row = await updateSaved(db, found, body, new Date(engine.now()))
    if (row === null || !isKept(row)) throw notFound()
    return presentSaved(row)
  })

  mount(app, 'deleteSavedPaymentMethod', async ({ params, principal }) => {
    const found = await ownSaved(saved, callerOf(principal), idParam('saved_payment_method', params.id))
    await removeSaved(saved, found)
    const id = formatId('saved_payment_method', found.id)
    return { id, object: 'saved_payment_method' as const, deleted: true }
  })
}

/** Who asks right after a payment finds what it kept: the worker would look in a moment. */
async function catchUp(saved: Saved, filter: Omit<SavedFilter, 'states'>): Promise<void> {
  const { startingAfter: _, ...first } = filter
  const pending = await listSaved(saved.db, {
    ...first,
    services: null,
    states: ['pending'],
    limit: PENDING_MAX,
  })
  for (const row of pending) await tendPending(saved, row)
}
const PENDING_MAX = 5
