import { BASE62, createRandom } from './random.ts'
import type { Emulator, ProviderName, Random, SandboxAccount } from './types.ts'

/** The account every provider has from the start; its credentials are printed by the sandbox's index. */
export const defaultAccountId = (provider: ProviderName): string => `sandbox_${provider}`

export interface Accounts {
  create(emulator: Emulator): SandboxAccount
  /** The default account, made on first use with credentials that are the same on every machine and boot. */
  standard(emulator: Emulator): SandboxAccount
  get(id: string): SandboxAccount | undefined
  byCredential(provider: ProviderName, field: string, value: string): SandboxAccount | undefined
  /** The account that owns `value` in any credential field. */
  byAnyCredential(provider: ProviderName, value: string): SandboxAccount | undefined
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
  return {
    create: (emulator) => add(`sandbox_${emulator.provider}_${random.text(BASE62, 12)}`, emulator, random),
    standard(emulator) {
      const id = defaultAccountId(emulator.provider)
      return table.get(id) ?? add(id, emulator, createRandom(STANDARD_SEED))
    },
    get: (id) => table.get(id),
    byCredential: (provider, field, value) => list(provider).find((a) => a.credentials[field] === value),
    byAnyCredential: (provider, value) =>
      list(provider).find((account) => Object.values(account.credentials).includes(value)),
    list,
  }
}
