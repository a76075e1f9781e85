import type { Health } from '@onerouter/contract'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { mount } from '../../http/mount.ts'

export const VERSION = '0.1.0'
const CHECK_TIMEOUT_MS = 2_000

type Check = Health['checks']['database']

/** `live` says the process answers, `ready` whether it should get traffic, the plain one shows why. */
export function healthRoutes(app: FastifyInstance, deps: Deps): void {
  mount(app, 'getLiveness', async () => ({ status: 'ok' as const }))
  mount(app, 'getHealth', async ({ reply }) => {
    const health = await examine(deps)
    if (health.status === 'failed') reply.code(503)
    return reply.serializer(JSON.stringify).send(health)
  })
  mount(app, 'getReadiness', async ({ reply }) => {
    const health = await examine(deps)
    if (health.status !== 'ok') reply.code(503)
    return reply.serializer(JSON.stringify).send(health)
  })
}

async function examine(deps: Deps): Promise<Health> {
  const [database, migrations, redis] = await Promise.all([
    timed(deps, async () => {
      await deps.db.engine.query('SELECT 1')
      return null
    }),
    timed(deps, async () => {
      const { rows } = await deps.db.engine.query<{ name: string }>(
        'SELECT max(name) AS name FROM schema_migration',
      )
      return rows[0]?.name ?? null
    }),
    deps.limiter.check(),
  ])
  const works = database.status === 'ok' && migrations.status === 'ok'
  return {
    status: deps.stopping() ? 'stopping' : works ? 'ok' : 'failed',
    version: VERSION,
    environment: deps.config.environment,
    checks: {
      database,
      migrations,
      // Without Redis limits hold per process: worth knowing, no reason to stop taking payments.
      redis: { status: redis, detail: null },
    },
  }
}

/** Never the error itself: this page is open to all. */
async function timed(deps: Deps, work: () => Promise<string | null>): Promise<Check> {
  const begun = deps.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), CHECK_TIMEOUT_MS)
  })
  try {
    const detail = await Promise.race([work(), late])
    return { status: 'ok', ms: deps.now() - begun, detail }
  } catch (error) {
    deps.log.warn({ err: error }, 'a health check failed')
    return { status: 'failed', ms: deps.now() - begun, detail: null }
  } finally {
    clearTimeout(timer)
  }
}
