import { type JsonObject, malformed, notFound, unprocessable } from '../errors.ts'
import { bodyObject } from '../orders.ts'
import { asChoice, asText, type Findings, newFindings, settle } from '../parse.ts'
import type { Answer, Call } from '../state.ts'
import { paged, patches } from './lists.ts'
import type { Product } from './rows.ts'
import { productView } from './views.ts'

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'
const TYPES = ['PHYSICAL', 'DIGITAL', 'SERVICE'] as const
const DETAILS = { description: 256, category: 256, image_url: 2_000, home_url: 2_000 } as const

export function createProduct(call: Call): Answer {
  const { paypal, account } = call
  const body = bodyObject(call)
  const findings = newFindings()
  const name = asText(body.name, '/name', findings, { max: 127, required: true })
  const type = asChoice(body.type ?? 'PHYSICAL', '/type', findings, TYPES)
  const id = asText(body.id, '/id', findings, { min: 6, max: 50 })
  const details = detailsOf(body, findings)
  settle(findings)
  if (id !== undefined && paypal.products.has(`${account.id} ${id}`)) {
    throw unprocessable('DUPLICATE_RESOURCE_IDENTIFIER', {
      field: '/id',
      value: id,
      description: 'Identifier must be unique.',
    })
  }
  const now = paypal.world.clock.now()
  const product: Product = {
    id: id ?? `PROD-${paypal.world.random.text(LETTERS, 17)}`,
    accountId: account.id,
    name: name ?? '',
    type: type ?? 'PHYSICAL',
    details,
    createdAt: now,
    updatedAt: now,
  }
  paypal.products.set(`${account.id} ${product.id}`, product)
  return { status: 201, body: productView(paypal, product), resourceId: product.id }
}

function detailsOf(body: JsonObject, findings: Findings): JsonObject {
  const read = Object.entries(DETAILS).map(
    ([name, max]) => [name, asText(body[name], `/${name}`, findings, { max })] as const,
  )
  return Object.fromEntries(read.filter(([, value]) => value !== undefined))
}

export function productOf(call: Call, id: string): Product {
  const product = call.paypal.products.get(`${call.account.id} ${id}`)
  if (product === undefined) throw notFound()
  return product
}

export const getProduct = (call: Call): Answer => ({
  status: 200,
  body: productView(call.paypal, productOf(call, call.params[0] ?? '')),
})

export const replayProduct = (call: Call, id: string): Answer => ({
  status: 200,
  body: productView(call.paypal, productOf(call, id)),
})

export function patchProduct(call: Call): Answer {
  const product = productOf(call, call.params[0] ?? '')
  for (const { path, value, op } of patches(call)) {
    const name = path.slice(1)
    if (!Object.hasOwn(DETAILS, name)) throw malformed('INVALID_PATCH_PATH', { field: path })
    if (op === 'remove') delete product.details[name]
    else product.details = { ...product.details, [name]: value }
  }
  product.updatedAt = call.paypal.world.clock.now()
  return { status: 204 }
}

export const listProducts = (call: Call): Answer => {
  const rows = [...call.paypal.products.values()].filter(({ accountId }) => accountId === call.account.id)
  return paged(call, 'products', rows.reverse(), (row) => productView(call.paypal, row))
}
