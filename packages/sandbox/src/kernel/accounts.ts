import { BASE62, createRandom } from './random.ts'
import type { Emulator, ProviderName, Random, SandboxAccount } from './types.ts'

/** The account every provider has from the start; its credentials are printed by the sandbox's index. */
export const defaultAccountId = (provider: ProviderName): string => `sandbox_${provider}`

export interface WantedAccount {
  readonly id?: string
  readonly credential?: string
}

export interface Accounts {
  create(emulator: Emulator): SandboxAccount
  /** The default account, made on first use with credentials that are the same on every machine and boot. */
  standard(emulator: Emulator): SandboxAccount
  get(id: string): SandboxAccount | undefined
  byCredential(provider: ProviderName, field: string, value: string): SandboxAccount | undefined
  /** By id, by any of its credentials, or the default one when neither is named; both must agree. */
  find(emulator: Emulator, wanted: WantedAccount): SandboxAccount | undefined
  list(provider: ProviderName): readonly SandboxAccount[]
}

/** Any fixed number: a developer's saved key must still open the sandbox tomorrow. */
const STANDARD_SEED = 0x0e1707

export function createAccounts(table: Map<string, SandboxAccount>, random: Random): Accounts {
  const list = (provider: ProviderName) => [...table.values()].filter((a) => a.provider === provider)
  function add(id: string, emulator: Emulator, source: Random): SandboxAccount {
    const account = { id, provider: emulator.provider, credentials: emulator.newCredentials(source) }
    table.set(id, account)
    return account
  }
  function standard(emulator: Emulator): SandboxAccount {
    const id = defaultAccountId(emulator.provider)
    return table.get(id) ?? add(id, emulator, createRandom(STANDARD_SEED))
  }
  return {
    create: (emulator) => add(`sandbox_${emulator.provider}_${random.text(BASE62, 12)}`, emulator, random),
    standard,
    get: (id) => table.get(id),
    byCredential: (provider, field, value) => list(provider).find((a) => a.credentials[field] === value),
    find(emulator, { id, credential }) {
      if (id === undefined && credential === undefined) return standard(emulator)
      return list(emulator.provider).find(
        (account) =>
          (id === undefined || account.id === id) &&
          (credential === undefined || Object.values(account.credentials).includes(credential)),
      )
    },
    list,
  }
}
