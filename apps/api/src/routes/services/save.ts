import { ApiError, type Environment, type FieldProblem, type Service, type Uuid } from '@onerouter/core'
import type { Provider, ProviderContext } from '@onerouter/providers'
import type { Deps } from '../../deps.ts'
import { baseUrlFor } from '../../secrets/base-url.ts'
import { credentialPlace } from '../../secrets/credential-place.ts'
import { seal } from '../../secrets/seal.ts'
import { insertCredential, webhookToken } from '../../store/credentials.ts'
import { earlierRef, saveRegistration } from '../../store/webhook-registrations.ts'
import { removeReplaced } from '../../store/webhook-removals.ts'
import { registerWebhook } from '../../webhooks-in/register-webhook.ts'
import { webhookUrl } from '../../webhooks-in/upkeep.ts'
import { newSandboxAccount } from './sandbox-account.ts'

export interface Connect {
  readonly accountId: Uuid
  readonly service: Service
  readonly environment: Environment
  /** `'sandbox'` asks the provider sandbox for an account of its own. */
  readonly credentials: Readonly<Record<string, unknown>> | 'sandbox'
}

/**
 * Connects a provider: the credentials are parsed by the adapter, tried at the provider, given our webhook
 * address, and only then saved, as a new version.
 * @throws ApiError credentials_invalid, provider_unavailable, capability_unsupported, environment_not_allowed
 */
export async function connectService(deps: Deps, request: Connect): Promise<void> {
  const { accountId, service, environment } = request
  const provider = deps.provider(service)
  if (provider === undefined) {
    throw new ApiError('capability_unsupported', `${service} cannot be connected yet.`, { provider: service })
  }
  const sandbox = request.credentials === 'sandbox'
  if (sandbox && environment === 'live') {
    throw new ApiError('environment_not_allowed', 'The sandbox serves the test environment only.')
  }
  const baseUrl = baseUrlFor(deps.config, provider, environment, sandbox)
  if (baseUrl === null)
    throw new ApiError('provider_unavailable', 'There is no sandbox on this installation.')
  const given =
    request.credentials === 'sandbox'
      ? await newSandboxAccount(deps, service)
      : withoutEmpty(request.credentials)
  const credentials = parse(provider, given, environment)
  const ctx = contextOf(deps, provider, { credentials, environment, baseUrl, given })
  const providerAccount = await check(provider, ctx)
  const key = { accountId, environment, service }
  const fresh = Buffer.from(deps.random(32)).toString('base64url')
  const url = webhookUrl(deps.config.publicUrl, service, await webhookToken(deps.db, key, fresh))
  const address = { account_id: accountId, environment, service }
  const earlier = await earlierRef(deps.db.engine, address)
  // A refused registration is no reason to refuse the credentials: the status shows what to paste where.
  const registered = await registerWebhook(provider, ctx, { url, earlier, sandbox, tries: 0 })
  const complete = parse(provider, { ...credentials, ...registered.credentials }, environment)
  const plain = Buffer.from(JSON.stringify(complete))
  await insertCredential(
    deps.db,
    key,
    {
      hint: provider.credentials.hint(complete),
      providerAccount,
      sandbox,
      webhookRef: registered.ref,
    },
    (version) => seal(deps.encryption, credentialPlace({ ...address, version }), plain, deps.random(12)),
  )
  await saveRegistration(deps.db.engine, address, registered)
  if (earlier !== null && earlier !== registered.ref) await removeReplaced(deps.db.engine, address, earlier)
  deps.invalidation.here({ kind: 'credentials', ...key })
}

/** Forms send empty fields for what was left out. */
function withoutEmpty(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== '' && value !== null))
}

function parse(provider: Provider, input: object, environment: Environment): object {
  const known = new Set(provider.credentials.fields.map((field) => field.name))
  const unknown = Object.keys(input).filter((name) => !known.has(name))
  if (unknown.length > 0) {
    throw invalid(
      provider,
      unknown.map((name) => ({ pointer: `/${name}`, detail: 'is not a known field' })),
    )
  }
  // The adapter's parser reads fields by name and trusts none of them.
  const parsed = provider.credentials.parse(input as Readonly<Record<string, unknown>>, environment)
  if (!parsed.ok) throw invalid(provider, parsed.errors)
  return parsed.credentials
}

function invalid(provider: Provider, problems: readonly FieldProblem[]): ApiError {
  const errors = problems.map(({ pointer, detail }) => ({ pointer: `/credentials${pointer}`, detail }))
  const first = errors[0]
  const detail = first === undefined ? 'They have the wrong form.' : `${first.pointer} ${first.detail}.`
  return new ApiError('credentials_invalid', `The ${provider.label} credentials were not saved: ${detail}`, {
    provider: provider.name,
    errors,
  })
}

interface Opened {
  readonly credentials: object
  readonly environment: Environment
  readonly baseUrl: string
  readonly given: object
}

function contextOf(deps: Deps, provider: Provider, opened: Opened): ProviderContext<object> {
  const secretFields = new Set(provider.credentials.fields.filter((f) => f.secret).map((f) => f.name))
  const secrets = Object.entries(opened.given)
    .filter(([name, value]) => secretFields.has(name) && typeof value === 'string')
    .map(([, value]) => String(value))
  return {
    credentials: opened.credentials,
    environment: opened.environment,
    baseUrl: opened.baseUrl,
    send: 'first',
    http: deps.transport(opened.baseUrl, { secrets }),
    tokens: deps.tokens,
    now: deps.now,
  }
}

async function check(provider: Provider, ctx: ProviderContext<object>): Promise<string | null> {
  const outcome = await provider.credentials.check(ctx)
  if (outcome.kind === 'ok') return outcome.value.accountRef
  if (outcome.kind === 'not_sent' || outcome.kind === 'unknown') {
    throw new ApiError(
      'provider_unavailable',
      `${provider.label} could not be asked about the credentials.`,
      {
        provider: provider.name,
      },
    )
  }
  throw new ApiError('credentials_invalid', `${provider.label} refused the credentials: ${outcome.message}`, {
    provider: provider.name,
    ...(outcome.providerCode === null ? {} : { provider_code: outcome.providerCode }),
  })
}
