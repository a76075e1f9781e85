import type { FastifyInstance } from 'fastify'
import type { Deps } from './deps.ts'
import { installAuthentication } from './http/authenticate.ts'
import { createServer } from './http/server.ts'
import { observeRequest } from './logs/observe-request.ts'
import type { ClerkEntrance } from './routes/auth/clerk.ts'
import { authRoutes } from './routes/auth/index.ts'
import { docsRoutes } from './routes/docs/index.ts'
import { healthRoutes } from './routes/health/index.ts'
import { keyRoutes } from './routes/keys/index.ts'
import { createKeyReader } from './secrets/key-reader.ts'
import { createClerkSignIn } from './sessions/clerk.ts'
import { createPeople } from './sessions/people.ts'
import { ownOrigins } from './sessions/same-site.ts'
import { createSecondFactors } from './sessions/second-factor.ts'
import { createSessions } from './sessions/sessions.ts'
import { createSignInSteps } from './sessions/sign-in-step.ts'
import { createTeam, type Team } from './sessions/team.ts'
import { touchKey } from './store/api-keys.ts'

/** Routes of one kind, put into a context of their own. */
export type Routes = (app: FastifyInstance) => void | Promise<void>

export interface MoreRoutes {
  /** Behind an API key or a session. */
  readonly keyed?: readonly Routes[]
  /** For who watches the process: everything a worker answers besides its health. */
  readonly watch?: readonly Routes[]
  /** Open to all: each gets a context of its own, so that its parsers and headers stay its own. */
  readonly open?: readonly Routes[]
}

const TOUCH_EVERY_MS = 60_000

/** What a process without an API answers: that it lives, and how it does. */
export async function createWorkerApp(deps: Deps, { watch = [] }: MoreRoutes): Promise<FastifyInstance> {
  const app = serverFor(deps)
  await app.register(async (open) => healthRoutes(open, deps))
  for (const routes of watch) await app.register(async (open) => routes(open))
  await app.ready()
  return app
}

/** The whole HTTP surface, ready for `listen` or `inject`. */
export async function createApp(deps: Deps, more: MoreRoutes = {}): Promise<FastifyInstance> {
  const app = serverFor(deps)
  await app.register(async (open) => {
    healthRoutes(open, deps)
    await docsRoutes(open, deps)
  })
  const sessions = createSessions(deps)
  const people = createPeople(deps)
  const secondFactors = createSecondFactors(deps)
  const team = createTeam({ ...deps, secondFactors })
  const steps = createSignInSteps({ ...deps, production: sessions.production })
  const clerk = await clerkEntrance(deps, team)
  await app.register(async (open) =>
    authRoutes(open, { sessions, steps, people, secondFactors, team, clerk, db: deps.db }),
  )
  for (const routes of [...(more.watch ?? []), ...(more.open ?? [])]) {
    await app.register(async (open) => routes(open))
  }
  await app.register(async (keyed) => {
    installAuthentication(keyed, {
      readKey: createKeyReader(deps.pepper, Buffer.from(deps.random(32)).toString('base64')),
      keys: deps.keys,
      sessions,
      limiter: deps.limiter,
      failures: deps.failures,
      touch: (row) => {
        const nowMs = deps.now()
        if (row.last_used_at !== null && nowMs - row.last_used_at.getTime() < TOUCH_EVERY_MS) return
        const at = new Date(nowMs)
        // The cached row remembers too, so that one minute of requests writes once.
        row.last_used_at = at
        touchKey(deps.db, row, at).catch((error: unknown) =>
          deps.log.warn({ err: error }, 'last use not noted'),
        )
      },
      now: deps.now,
    })
    keyRoutes(keyed, deps)
    for (const routes of more.keyed ?? []) await routes(keyed)
  })
  await app.ready()
  return app
}

function serverFor(deps: Deps): FastifyInstance {
  return createServer({
    log: deps.log,
    newId: deps.newId,
    publicUrl: deps.config.publicUrl,
    frontendUrl: deps.config.frontendUrl,
    production: deps.config.environment === 'production',
    trustedProxyHops: deps.config.trustedProxyHops,
    spans: deps.telemetry?.spans,
    onAnswered: (request, reply) => observeRequest(deps, request, reply),
  })
}

async function clerkEntrance(deps: Deps, team: Team): Promise<ClerkEntrance | null> {
  const { clerk: instance, frontendUrl } = deps.config
  if (instance === null) return null
  // Only who signs in with Clerk needs to load what reads its tokens.
  const { createClerkVerifier } = await import('./sessions/clerk-token.ts')
  const authorizedParties = ownOrigins(frontendUrl, frontendUrl)
  const verifier = createClerkVerifier({ instance, authorizedParties, now: deps.now })
  return { instance, signIn: createClerkSignIn({ ...deps, verifier, team }).signIn }
}
