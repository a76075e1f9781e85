import type { Environment, Service } from './shared.ts'

export interface CredentialState {
  readonly configured: boolean
  /** What may be shown of the credentials. */
  readonly hint: string | null
  readonly sandbox: boolean
  readonly version: number | null
  readonly providerAccount: string | null
  /** Where the provider's events must be sent. */
  readonly webhookUrl: string | null
  /** OneRouter registered that address at the provider itself, and keeps it so. */
  readonly webhookRegistered: boolean
  /** Why events do not arrive, or soon will not, and what to do. */
  readonly webhookProblem: string | null
  /** When the provider begins to lose events if nothing changes. */
  readonly webhookGivesUpAt: string | null
  /** What to paste where, while OneRouter could not do it itself. */
  readonly webhookInstructions: string | null
  readonly savedAt: string | null
}

export interface ServiceStatus {
  readonly serviceName: Service
  readonly environment: Environment
  /** The environment in force has credentials. */
  readonly active: boolean
  /** At least one environment has credentials. */
  readonly configured: boolean
  readonly label: string
  /** Both environments have credentials. */
  readonly canSwitch: boolean
  readonly credentials: { readonly test: CredentialState; readonly live: CredentialState }
  readonly capabilities: readonly string[]
}

export interface CredentialField {
  readonly name: string
  readonly label: string
  readonly secret: boolean
  readonly required: boolean
  readonly help: string
}

export interface ServiceListItem extends ServiceStatus {
  readonly fields: readonly CredentialField[]
  readonly webhookInstructions: string
}

/** Either the provider's credentials, as `secretKey` or `secret_key`, or an account at the sandbox. */
export type SaveCredentialsParams = { readonly environment: Environment } & (
  | { readonly credentials: Readonly<Record<string, string | null>>; readonly sandbox?: never }
  | { readonly sandbox: true; readonly credentials?: never }
)

export interface Switched {
  readonly status: 'switched'
  readonly serviceName: Service
  readonly environment: Environment
  readonly message: string
  readonly timestamp: string
}

export interface SwitchedAll {
  readonly status: 'switched'
  readonly environment: Environment
  readonly message: string
  readonly timestamp: string
  readonly switchedServices: readonly Service[]
}

export interface CanGoLive {
  readonly canGoLive: boolean
  readonly servicesWithTest: readonly Service[]
  readonly servicesWithLive: readonly Service[]
  readonly servicesMissingLive: readonly Service[]
  readonly message: string
  /** Every connected provider, with reasons. */
  readonly services: readonly Readiness[]
}

export interface Readiness {
  readonly serviceName: Service
  /** Nothing stands in the way of switching it to live. */
  readonly ready: boolean
  readonly blockers: readonly string[]
  /** What is better seen to before real money moves. */
  readonly warnings: readonly string[]
}

export interface EnvImportParams {
  /** The text of a `.env` file; only variables of providers are read. */
  readonly env: string
  /** For credentials that do not say it themselves. */
  readonly environment?: Environment
  readonly services?: readonly Service[]
  /** `true` only says what was found. */
  readonly dryRun?: boolean
}

export interface EnvImport {
  readonly object: 'env_import'
  readonly services: readonly ImportedService[]
  /** Names of variables that belong to no provider. */
  readonly ignored: readonly string[]
}

export interface ImportedService {
  readonly serviceName: Service
  readonly environment: Environment
  readonly status: 'found' | 'connected' | 'incomplete' | 'refused'
  /** Names, never values. */
  readonly variables: readonly string[]
  readonly missing: readonly string[]
  readonly hint: string | null
  readonly error: { readonly code: string; readonly detail: string } | null
}

/** What a provider can do through OneRouter. */
export interface Capabilities {
  readonly payments: boolean
  /** Authorize first, capture later. */
  readonly capture: boolean
  readonly partialCapture: boolean
  readonly cancel: boolean
  readonly confirm: boolean
  readonly hostedCheckout: boolean
  readonly findByReference: boolean
  readonly refunds: boolean
  readonly refundSpeeds: readonly ('normal' | 'optimum')[]
  /** Tells of disputes; they are answered at the provider. */
  readonly disputes: boolean
  /** Keeps a payer's method by their consent and charges it without them. */
  readonly savedMethods: boolean
  /** OneRouter's links, whose payments this provider takes. */
  readonly paymentLinks: boolean
  readonly webhookRegistration: boolean
  /** Bills a plan again and again by itself. */
  readonly subscriptions: boolean
  readonly subscriptionPause: boolean
  readonly subscriptionChangePlan: boolean
  readonly subscriptionProration: boolean
  /** Ends a subscription with its running period by itself; elsewhere OneRouter does it then. */
  readonly subscriptionCancelAtPeriodEnd: boolean
  /** Sends text messages. */
  readonly messages: boolean
}

export interface Provider {
  readonly name: Service
  readonly object: 'provider'
  readonly label: string
  readonly activeEnvironment: Environment
  readonly connected: { readonly test: boolean; readonly live: boolean }
  readonly capabilities: Capabilities
  /** What executed conformance tests prove of it. */
  readonly proofs: readonly ProvenOperation[]
  /** Its ways to pay, of those that reach the country and currency asked for. */
  readonly paymentMethods: readonly string[]
}

export interface ProviderListParams {
  readonly currency?: string
  readonly country?: string
}

export interface ProvenOperation {
  readonly operation: string
  readonly suite: string
  readonly test: string
  /** The day it first did. */
  readonly since: string
  /** The day its suite last ran for publication. */
  readonly lastRun: string
}
