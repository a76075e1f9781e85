import type { Environment, Money, Service } from '@onerouter/core'
import type { Payments, Unacceptable } from '@onerouter/providers'
import type { ConnectedService } from './ports.ts'

/** What of a payment decides whether a provider can take it. */
export interface Asked {
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  readonly method?: string
}

/** Why a provider cannot take a payment, whoever asks: it does not do such a thing, or the account turned it off. */
export function refusalOf(
  payments: Payments<object>,
  request: Asked,
  service: Service,
  off: ReadonlySet<string>,
): Unacceptable | null {
  return payments.accepts(request) ?? disabled(payments, request, service, off)
}

export function methodsOff(
  connected: readonly ConnectedService[],
  service: Service,
  environment: Environment,
): ReadonlySet<string> {
  const all = connected.find((one) => one.service === service)?.disabledMethods ?? []
  const start = `${environment}/`
  return new Set(all.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)))
}

/** A method that is off is refused; without one the provider is out only when all of its methods are. */
function disabled(
  { methods }: Payments<object>,
  { method }: Asked,
  service: Service,
  off: ReadonlySet<string>,
): Unacceptable | null {
  const all = methods.length > 0 && methods.every(({ name }) => off.has(name))
  if (method === undefined ? !all : !off.has(method)) return null
  const what = method === undefined ? 'Every payment method' : `The payment method ${method}`
  return { code: 'unsupported_method', message: `${what} of ${service} is turned off for this account.` }
}
