import type { WalletDomain } from '@onerouter/contract'
import { ApiError, type Environment, type Outcome, type Service } from '@onerouter/core'
import type { ProviderContext, WalletDomains } from '@onerouter/providers'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseDomain } from '../../domains/domain-name.ts'
import { contextFor, guarded } from '../../engine/call-provider.ts'
import type { Engine } from '../../engine/ports.ts'
import { serviceParam } from '../../http/ids.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { assertEnvironment, assertService } from '../services/allowed.ts'

/**
 * Domains on which Apple Pay may open. The provider keeps them and is asked every time: nothing of it is ours, and
 * none of it proves to us whose a domain is.
 */
export function walletDomainRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'registerWalletDomain', async ({ params, body, principal, request }) => {
    const place = await placeOf(engine, principal, params.service, body.environment)
    const domain = domainOf(body.domain)
    await asked(engine, place, request, 'register', ({ verbs, ctx }) => verbs.register(ctx, domain))
    return present(place, domain)
  })

  mount(app, 'listWalletDomains', async ({ params, query, principal, request }) => {
    const place = await placeOf(engine, principal, params.service, query.environment)
    const names = await asked(engine, place, request, 'list', ({ verbs, ctx }) => verbs.list(ctx))
    return { data: names.map((name) => present(place, name)) }
  })

  mount(app, 'deleteWalletDomain', async ({ params, query, principal, request }) => {
    const place = await placeOf(engine, principal, params.service, query.environment)
    const domain = domainOf(params.domain)
    await asked(engine, place, request, 'unregister', ({ verbs, ctx }) => verbs.unregister(ctx, domain))
    return { object: 'wallet_domain' as const, domain, deleted: true as const }
  })
}

interface Place {
  readonly service: Service
  readonly environment: Environment
  readonly verbs: WalletDomains<object>
  readonly ctx: (verb: string) => ProviderContext<object>
}

async function placeOf(
  engine: Engine,
  principal: Principal,
  text: string,
  wanted: Environment | undefined,
): Promise<Place> {
  const service = serviceParam(text)
  assertService(principal, service)
  const environment = wanted ?? principal.environment
  assertEnvironment(principal, environment)
  const verbs = engine.provider(service)?.walletDomains
  if (verbs === undefined) {
    throw new ApiError('capability_unsupported', `${service} registers no domains for wallets here.`, {
      provider: service,
    })
  }
  const credential = await engine.credentials.current(principal.accountId, environment, service)
  if (credential === null) {
    throw new ApiError('provider_not_configured', `No ${environment} credentials are stored for ${service}.`)
  }
  const ctx = (verb: string) =>
    contextFor(engine, credential, 'first', {
      verb: `walletDomains.${verb}`,
      paymentId: null,
      operationId: null,
    })
  return { service, environment, verbs, ctx }
}

/** All three repeat without harm, so that whoever gets no answer asks again. @throws ApiError */
async function asked<T>(
  engine: Engine,
  { service, verbs, ctx }: Place,
  request: FastifyRequest,
  verb: string,
  run: (at: {
    readonly verbs: WalletDomains<object>
    readonly ctx: ProviderContext<object>
  }) => Promise<Outcome<T>>,
): Promise<T> {
  const { outcome, providerMs } = await guarded(engine, () => run({ verbs, ctx: ctx(verb) }))
  request.providerMs += providerMs
  if (outcome.kind === 'ok') return outcome.value
  if (outcome.kind === 'unknown' || outcome.kind === 'not_sent') {
    throw new ApiError(
      'provider_unavailable',
      `${service} did not answer. The same request may be sent again.`,
      {
        provider: service,
      },
    )
  }
  const { message, providerCode } = outcome
  throw new ApiError('provider_rejected', `${message} ${fileInWords(verbs)}`, {
    provider: service,
    ...(providerCode !== null && { provider_code: providerCode }),
  })
}

const fileInWords = ({ file }: WalletDomains<object>): string =>
  `The site must serve ${file.path} over https, byte for byte as ${file.source} has it, without a redirect.`

function domainOf(text: string): string {
  const parsed = parseDomain(text)
  if (parsed.ok) return parsed.ascii
  throw new ApiError('invalid_request', `/domain ${parsed.detail}.`, {
    errors: [{ pointer: '/domain', detail: parsed.detail }],
  })
}

function present({ service, environment }: Place, domain: string): WalletDomain {
  return {
    object: 'wallet_domain',
    service_name: service,
    environment,
    wallet: 'apple_pay',
    domain,
    state: 'registered',
  }
}
