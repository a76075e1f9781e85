import type { CreatePayment, Unacceptable } from './spec.ts'

export const METHOD_KINDS = [
  'card',
  'wallet',
  'upi',
  'bank_redirect',
  'bank_transfer',
  'bank_debit',
  'pay_later',
  'emi',
  'voucher',
  'crypto',
  'page',
] as const
export type MethodKind = (typeof METHOD_KINDS)[number]

/** One way to pay at one provider, as a request names it. */
export interface PaymentMethod {
  /** The provider's own word. */
  readonly name: string
  readonly label: string
  readonly kind: MethodKind
  /** Currencies it is known for; `null` = whatever the provider takes. Shown to choose by. */
  readonly currencies: readonly string[] | null
  /**
   * The provider documents that it takes no other currency: those are refused without asking it. Without that, what a
   * list of ours does not know is passed on, for providers add currencies sooner than lists are read.
   */
  readonly closed?: boolean
  /** Where its payers live; `null` = anywhere. Shown to choose by, never refused by. */
  readonly countries: readonly string[] | null
}

/** Why a method cannot be asked for: the provider has none of that name, or not in this currency. */
export function refuseMethod(
  label: string,
  methods: readonly PaymentMethod[],
  { amount, method }: Pick<CreatePayment, 'amount' | 'method'>,
): Unacceptable | null {
  if (method === undefined) return null
  const found = methods.find(({ name }) => name === method)
  if (found === undefined) {
    return { code: 'unsupported_method', message: `${label} has no payment method ${method.slice(0, 40)}.` }
  }
  if (found.closed !== true || (found.currencies?.includes(amount.currency) ?? true)) return null
  const list = found.currencies?.join(', ')
  return { code: 'unsupported_method', message: `${found.label} at ${label} takes ${list} only.` }
}

/** A table line: name, currencies and countries, each list separated by spaces; `*` = all, `=` before it = closed. */
export function methodLine(line: string, label: string, kind: MethodKind): PaymentMethod {
  const [name = '', currencies = '*', countries = '*'] = line.split('|').map((part) => part.trim())
  const closed = currencies.startsWith('=')
  const listed = wordsOf(closed ? currencies.slice(1) : currencies)
  return { name, label, kind, currencies: listed, countries: wordsOf(countries), ...(closed && { closed }) }
}

const wordsOf = (text: string): readonly string[] | null => (text === '*' ? null : text.split(' '))
