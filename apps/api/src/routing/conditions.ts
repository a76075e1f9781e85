import type { RoutingConditions } from '@onerouter/contract'
import { currency, exponentOf, parseDecimal } from '@onerouter/core'
import type { RoutedPayment } from './payment.ts'
import { inWindow, type Zones } from './time.ts'

export type Test = (payment: RoutedPayment) => boolean

/** Rules were checked when they were stored: what is read here is well-formed. */
export function compileConditions(when: RoutingConditions, zones: Zones): readonly Test[] {
  const tests: Test[] = []
  const { currencies, countries, methods, customers, amount, metadata, time } = when
  if (currencies !== undefined) {
    const set = new Set(currencies.map((code) => code.toUpperCase()))
    tests.push((payment) => set.has(payment.amount.currency))
  }
  if (amount !== undefined && currencies?.[0] !== undefined) {
    const exponent = exponentOf(currency(currencies[0]))
    const min = amount.min === undefined ? undefined : parseDecimal(amount.min, exponent)
    const max = amount.max === undefined ? undefined : parseDecimal(amount.max, exponent)
    if (min !== undefined) tests.push((payment) => payment.amount.minor >= min)
    if (max !== undefined) tests.push((payment) => payment.amount.minor <= max)
  }
  if (countries !== undefined) {
    const set = new Set(countries.map((code) => code.toUpperCase()))
    tests.push(({ country }) => country !== null && set.has(country))
  }
  if (methods !== undefined) {
    const set = new Set(methods)
    tests.push(({ method }) => method !== null && set.has(method))
  }
  if (customers !== undefined) {
    const set = new Set(customers.map((one) => one.toLowerCase()))
    tests.push(
      ({ customerId, email }) =>
        (customerId !== null && set.has(customerId)) ||
        (email !== null && (set.has(email) || set.has(domainOf(email)))),
    )
  }
  for (const [name, values] of Object.entries(metadata ?? {})) {
    const set = new Set(values)
    tests.push((payment) => {
      const value = Object.hasOwn(payment.metadata, name) ? payment.metadata[name] : undefined
      return value !== undefined && set.has(value)
    })
  }
  if (time !== undefined) {
    const within = inWindow(time, zones)
    tests.push(({ atMs }) => within(atMs))
  }
  return tests
}

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@'))
