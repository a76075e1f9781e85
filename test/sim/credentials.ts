/** The accounts' keys: two versions of each, of which one is in force; and whether a service is in test or live. */
import type { Environment, Service, Uuid } from '@onerouter/core'
import type { ConnectedService, Credential } from '../../apps/api/src/engine/ports.ts'

/** Credentials as the simulator hands them out: the name of the merchant account at the provider. */
export interface SimCredentials {
  readonly merchant: string
}

export type SimService = 'stripe' | 'paypal' | 'razorpay'
export const SIM_SERVICES: readonly [SimService, ...SimService[]] = ['stripe', 'paypal', 'razorpay']

/** Which credentials exist, and which are in force at the moment. */
export interface CredentialBook {
  readonly all: readonly Credential[]
  connected(accountId: Uuid): readonly ConnectedService[]
  current(accountId: Uuid, environment: Environment, service: Service): Credential | null
  version(accountId: Uuid, environment: Environment, service: Service, version: number): Credential | null
  isRetired(accountId: Uuid, environment: Environment, service: Service, version: number): boolean
  activeEnvironment(accountId: Uuid, service: Service): Environment
  /** New keys for one service, or its switch between test and live. */
  rotate(index: number): void
}

export const accountOf = (n: number): Uuid => `00000000-0000-7000-8000-00000000000${n}`

/** A number for each account's service in each environment: looked up for every call, so no text is made for it. */
const slotOf = (accountId: Uuid, environment: Environment, service: Service): number =>
  4 * (2 * accountId.charCodeAt(35) + (environment === 'live' ? 1 : 0)) + SERVICE_INDEX[service]

const SERVICE_INDEX = { stripe: 0, paypal: 1, razorpay: 2, twilio: 3 } as const satisfies Record<
  Service,
  number
>

/** How the simulator names a merchant account: by whose keys it belongs to. */
export const merchantOf = (
  accountId: Uuid,
  environment: Environment,
  service: Service,
  version: number,
): string => `${accountId.charAt(35)}${environment.charAt(0)}${service.charAt(0)}${version}`

type Make = (accountId: Uuid, environment: Environment, service: SimService, version: number) => Credential

export const modelCredential: Make = (accountId, environment, service, version) => ({
  ...{ accountId, environment, service, version, sandbox: true, baseUrl: 'https://provider.example' },
  credentials: { merchant: merchantOf(accountId, environment, service, version) } satisfies SimCredentials,
})

export interface Wallet {
  readonly all: readonly Credential[]
  readonly bySlot: ReadonlyMap<number, readonly Credential[]>
}

/** All credentials of the first `accounts` accounts, each version after the one before. */
export function walletOf(accounts: number, make: Make): Wallet {
  const all: Credential[] = []
  const bySlot = new Map<number, Credential[]>()
  for (let n = 1; n <= accounts; n++) {
    for (const environment of ['test', 'live'] as const) {
      for (const service of SIM_SERVICES) {
        const versions = [1, 2].map((version) => make(accountOf(n), environment, service, version))
        all.push(...versions)
        bySlot.set(slotOf(accountOf(n), environment, service), versions)
      }
    }
  }
  return { all, bySlot }
}

export function createCredentials({ all, bySlot }: Wallet): CredentialBook {
  const inForce = new Map<number, number>()
  const environments = new Map<number, Environment>()
  const activeEnvironment = (accountId: Uuid, service: Service): Environment =>
    environments.get(slotOf(accountId, 'live', service)) ?? 'live'
  const version: CredentialBook['version'] = (accountId, environment, service, wanted) =>
    bySlot.get(slotOf(accountId, environment, service))?.[wanted - 1] ?? null
  const inForceOf = (accountId: Uuid, environment: Environment, service: Service): number =>
    inForce.get(slotOf(accountId, environment, service)) ?? 1
  return {
    all,
    version,
    activeEnvironment,
    connected: (accountId) =>
      SIM_SERVICES.map((service) => ({
        service,
        activeEnvironment: activeEnvironment(accountId, service),
      })),
    current: (accountId, environment, service) =>
      version(accountId, environment, service, inForceOf(accountId, environment, service)),
    isRetired: (accountId, environment, service, used) => used < inForceOf(accountId, environment, service),
    rotate(index) {
      const one = all[index % all.length]
      if (one === undefined) return
      inForce.set(slotOf(one.accountId, one.environment, one.service), one.version)
      environments.set(slotOf(one.accountId, 'live', one.service), one.environment)
    },
  }
}
