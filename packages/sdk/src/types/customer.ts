import type { CreatedRange, Environment, ListParams, Metadata } from './shared.ts'

/** What is known of a payer. */
export interface CustomerDetails {
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  /** ISO 3166-1; routing rules and analytics can go by it. */
  readonly country?: string
}

/** A payer as they were when the object was made; `id` where they were named by it. */
export interface NamedCustomer extends CustomerDetails {
  readonly id?: string
}

export interface Customer {
  readonly id: string
  readonly object: 'customer'
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  /** ISO 3166-1. */
  readonly country: string | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly environment: Environment
  readonly createdAt: string
  readonly updatedAt: string
}

export interface CustomerCreateParams extends CustomerDetails {
  readonly description?: string
  readonly metadata?: Metadata
  /** Another name of `metadata`. */
  readonly notes?: Metadata
  /** A live key may force `test`. */
  readonly environment?: Environment
}

/** What is left out stays; `null` takes it away. */
export interface CustomerUpdateParams {
  readonly name?: string | null
  readonly email?: string | null
  readonly phone?: string | null
  readonly country?: string | null
  readonly description?: string | null
  readonly metadata?: Metadata
}

export interface CustomerListParams extends ListParams {
  readonly created?: CreatedRange
  readonly email?: string
  readonly environment?: Environment
}

export interface DeletedCustomer {
  readonly id: string
  readonly object: 'customer'
  readonly deleted: boolean
}
