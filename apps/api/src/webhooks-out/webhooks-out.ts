import { networkInterfaces } from 'node:os'
import type { Environment, Uuid } from '@onerouter/core'
import type { Deps } from '../deps.ts'
import { tracedSender } from '../observe/traced.ts'
import type { Handover } from '../store/handed-over.ts'
import type { Queryable } from '../store/rows.ts'
import type { Wait } from '../worker/worker.ts'
import { type AddressPolicy, policyFor } from './address-guard.ts'
import { range } from './address-ranges.ts'
import type { Attempting } from './attempt.ts'
import { LEASE_MS } from './claims.ts'
import { createResolve, type Resolve } from './connect.ts'
import { createHint } from './hint.ts'
import { createSender, DEADLINES, type Sender } from './send.ts'
import { createKeyring } from './signing-keys.ts'
import { type DeliveryWorker, startDeliveries } from './worker.ts'

/** Outgoing webhooks, put together from what the server is made of. */
export interface WebhooksOut extends Attempting {
  readonly db: Queryable
  readonly lanes: Queryable
  /** Names this process in leases. */
  readonly owner: Uuid
  readonly resolve: Resolve
  /** Events were committed. */
  wake(): void
  readonly handover: Handover
  start(): DeliveryWorker
  close(): Promise<void>
}

/** @param access `db` for what is rare, `lanes` (`Db.lanes`) for what every delivery takes */
export function createWebhooksOut(
  deps: Deps,
  access: { readonly db: Queryable; readonly lanes: Queryable },
  wait: (ms: number) => Wait,
): WebhooksOut {
  const resolve = createResolve(DEADLINES.dnsMs)
  const sender = measured(createSender({ resolve, deadlines: DEADLINES, now: deps.now }), deps)
  const worker: { current: DeliveryWorker | null } = { current: null }
  const world: Attempting & Pick<WebhooksOut, 'db' | 'lanes' | 'owner' | 'resolve'> = {
    ...access,
    owner: deps.newId(),
    resolve,
    sender,
    policy: policies(deps),
    keyring: createKeyring(deps.encryption),
    now: deps.now,
    random: () => Buffer.from(deps.random(4)).readUInt32BE(0) / 2 ** 32,
  }
  const hint = deps.config.role === 'api' ? createHint({ db: access.db, wait, log: deps.log }) : () => {}
  const wake = () => (worker.current === null ? hint() : worker.current.wake())
  return {
    ...world,
    wake,
    handover: {
      places: (accounts) => ({
        owner: world.owner,
        leaseMs: LEASE_MS,
        free: worker.current?.places(accounts) ?? new Map(),
      }),
      take: (deliveries) => worker.current?.take(deliveries),
      wake,
    },
    start() {
      worker.current = startDeliveries({ ...world, wait, log: deps.log })
      deps.invalidation.subscribe(({ kind }) => {
        if (kind === 'deliveries' || kind === 'everything') worker.current?.wake()
      })
      return worker.current
    },
    close: () => sender.close(),
  }
}

function measured(sender: Sender, { instruments, now, telemetry }: Deps): Sender {
  const watchedSender = telemetry === null ? sender : tracedSender(telemetry.spans, sender)
  return {
    ...sender,
    async send(request) {
      const startedMs = now()
      const outcome = await watchedSender.send(request)
      instruments.delivered({ result: outcome.error ?? 'delivered', ms: now() - startedMs })
      return outcome
    },
  }
}

function policies({ config }: Deps): (environment: Environment) => AddressPolicy {
  const installation = {
    production: config.environment === 'production',
    allowed: config.webhookAllowCidrs.map(range),
    own: {
      addresses: Object.values(networkInterfaces()).flatMap((all) => all?.map((one) => one.address) ?? []),
      ports: [config.port, config.workerMetricsPort],
    },
  }
  const made = { test: policyFor(installation, 'test'), live: policyFor(installation, 'live') }
  return (environment) => made[environment]
}
