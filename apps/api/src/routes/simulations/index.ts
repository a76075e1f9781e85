import type { FastifyInstance } from 'fastify'
import { ownPayment } from '../../engine/complete-payment.ts'
import type { Engine } from '../../engine/ports.ts'
import { presentPayment } from '../../engine/present.ts'
import { syncPayment } from '../../engine/sync-payment.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam } from '../../http/ids.ts'
import { mount } from '../../http/mount.ts'
import { driveOnSandbox, refusedBySandbox, type SandboxControl, sandboxFor } from './drive.ts'

/** Drives the other side of a sandbox payment without a browser. Test environment and sandbox only. */
export function simulationRoutes(app: FastifyInstance, engine: Engine, sandbox: SandboxControl | null): void {
  mount(app, 'simulatePayment', async ({ params, principal }) => {
    const drive = sandboxFor(sandbox, principal)
    const payment = await ownPayment(engine, callerOf(principal), idParam('payment', params.id))
    await driveOnSandbox(engine, drive, payment, params.action)
    const synced = await syncPayment(engine, payment, 'payer')
    return { status: synced.payment.status, payment: presentPayment(synced.payment) }
  })

  mount(app, 'createSandboxFault', async ({ body, principal }) => {
    const { idempotency_key: _key, ...plan } = body
    const answer = await sandboxFor(sandbox, principal)('POST', '/faults', plan)
    if (answer.status >= 400) throw refusedBySandbox(answer)
    return answer.body
  })

  mount(app, 'deleteSandboxFaults', async ({ principal }) => {
    const answer = await sandboxFor(sandbox, principal)('DELETE', '/faults', undefined)
    if (answer.status >= 400) throw refusedBySandbox(answer)
    return answer.body
  })
}
