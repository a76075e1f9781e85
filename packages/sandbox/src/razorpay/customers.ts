import { customerEntity } from './entities.ts'
import { refuse } from './errors.ts'
import { type Fields, notes, only, optionalFlag, optionalText } from './fields.ts'
import type { CustomerRow, Razorpay } from './state.ts'

interface Identity {
  readonly name: string | null
  readonly email: string | null
  readonly contact: string | null
}

function identity(fields: Fields, earlier: Identity): Identity {
  const read = (name: keyof Identity, limit: number) =>
    fields[name] === undefined ? earlier[name] : optionalText(fields, name, limit)
  const name = read('name', 500)
  const email = read('email', 64)
  const contact = read('contact', 15)
  if (name !== null && name.length > 50) refuse('The name may not be greater than 50 characters.')
  if (name !== null && name.length < 3) refuse('The name format is invalid.', { field: 'name' })
  if (email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    refuse('The email must be a valid email address.', { field: 'email' })
  }
  if (contact !== null && !/^\+?\d*$/.test(contact)) {
    refuse('Contact number contains invalid characters, only digits and + symbol are allowed.')
  }
  if (contact !== null && contact.length < 8) {
    refuse('Contact number should be at least 8 digits, including country code.', { field: 'contact' })
  }
  return { name, email, contact }
}

const twinOf = (rzp: Razorpay, account: string, who: Identity, self?: string): CustomerRow | undefined =>
  [...rzp.state.customers.values()].find(
    (row) =>
      row.account === account && row.id !== self && row.email === who.email && row.contact === who.contact,
  )

/** `fail_existing: "0"` answers with the customer of that e-mail and number instead of an error. */
export function createCustomer(rzp: Razorpay, account: string, fields: Fields): object {
  only(fields, ['name', 'contact', 'email', 'fail_existing', 'gstin', 'notes'])
  const who = identity(fields, { name: null, email: null, contact: null })
  if (who.email === null && who.contact === null) refuse('The contact field is required.')
  const existing = twinOf(rzp, account, who)
  if (existing !== undefined) {
    if (optionalFlag(fields, 'fail_existing', true)) refuse('Customer already exists for the merchant.')
    return customerEntity(existing)
  }
  const customer: CustomerRow = {
    id: rzp.id('cust'),
    account,
    ...who,
    gstin: optionalText(fields, 'gstin', 15),
    notes: notes(fields['notes']),
    createdAt: rzp.seconds(),
  }
  rzp.state.customers.set(customer.id, customer)
  return customerEntity(customer)
}

export function updateCustomer(rzp: Razorpay, customer: CustomerRow, fields: Fields): object {
  only(fields, ['name', 'contact', 'email'])
  const who = identity(fields, customer)
  if (twinOf(rzp, customer.account, who, customer.id) !== undefined) {
    refuse('Customer already exists for the merchant.')
  }
  Object.assign(customer, who)
  return customerEntity(customer)
}
