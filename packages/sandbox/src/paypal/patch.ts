import { isRecord } from '../kernel/http.ts'
import { type JsonObject, malformed, unprocessable } from './errors.ts'
import { bodyObject, orderOf } from './orders.ts'
import { asChoice, newFindings, settle } from './parse.ts'
import type { Answer, Call, Order, PurchaseUnit } from './state.ts'
import { checkUnits, readUnitBody } from './units.ts'

/** `PATCH /v2/checkout/orders/{id}`: JSON Patch with `@reference_id=='…'` in place of array indexes. */

const UNIT_PATH = /^\/purchase_units\/@reference_id=='([^']{1,256})'(?:\/([a-z_]+)(\/.+)?)?$/
const UNIT_FIELDS = new Set([
  'amount',
  'payee',
  'description',
  'custom_id',
  'invoice_id',
  'soft_descriptor',
  'items',
  'shipping',
])
const REMOVABLE = new Set(['description', 'custom_id', 'invoice_id', 'soft_descriptor', 'items', 'shipping'])
const MAX_OPERATIONS = 100

interface Change {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value: unknown
}

function readChanges(call: Call): Change[] {
  if (!Array.isArray(call.body)) {
    bodyObject(call)
    throw malformed('INVALID_PARAMETER_SYNTAX', { location: 'body' })
  }
  const given: readonly unknown[] = call.body
  if (given.length > MAX_OPERATIONS) throw malformed('INVALID_ARRAY_MAX_ITEMS', { location: 'body' })
  return given.map((entry, index) => {
    const change: JsonObject = isRecord(entry) ? entry : {}
    const findings = newFindings()
    const op = asChoice(change.op, `/${index}/op`, findings, ['add', 'replace', 'remove'])
    settle(findings)
    if (op === undefined)
      throw malformed('MISSING_REQUIRED_PARAMETER', { field: `/${index}/op`, location: 'body' })
    if (typeof change.path !== 'string')
      throw unprocessable('PATCH_PATH_REQUIRED', { field: `/${index}/path` })
    if (!change.path.startsWith('/')) {
      throw unprocessable('INVALID_JSON_POINTER_FORMAT', { field: `/${index}/path`, value: change.path })
    }
    if (op !== 'remove' && change.value === undefined) {
      throw unprocessable('PATCH_VALUE_REQUIRED', { field: `/${index}/value` })
    }
    return { op, path: change.path, value: change.value }
  })
}

/** Changes inside `shipping` reach one level deeper, e.g. `/shipping/address`. */
function changeUnit(unit: PurchaseUnit, change: Change, name: string, rest: string | undefined): JsonObject {
  const draft: JsonObject = { ...unit }
  if (rest !== undefined) {
    const key = rest.slice(1)
    if (name !== 'shipping' || key.includes('/')) throw unprocessable('NOT_PATCHABLE', { field: change.path })
    draft.shipping = { ...unit.shipping, [key]: change.value }
    return draft
  }
  const known = draft[name] !== undefined
  if (change.op === 'remove') {
    if (!REMOVABLE.has(name)) throw unprocessable('NOT_PATCHABLE', { field: change.path })
    if (!known) throw malformed('INVALID_PATCH_OPERATION', { field: change.path, location: 'body' })
    delete draft[name]
  } else {
    if (change.op === 'replace' && !known) {
      throw malformed('INVALID_PATCH_OPERATION', { field: change.path, location: 'body' })
    }
    draft[name] = change.value
  }
  return draft
}

function applyToUnits(units: readonly PurchaseUnit[], change: Change): PurchaseUnit[] {
  const [, referenceId, name, rest] = UNIT_PATH.exec(change.path) ?? []
  if (referenceId === undefined) throw unprocessable('NOT_PATCHABLE', { field: change.path })
  const index = units.findIndex((unit) => unit.reference_id === referenceId)
  const unit = units[index]
  if (unit === undefined) throw unprocessable('REFERENCE_ID_NOT_FOUND', { field: change.path })
  if (name !== undefined && !UNIT_FIELDS.has(name))
    throw unprocessable('NOT_PATCHABLE', { field: change.path })

  const findings = newFindings()
  let draft: JsonObject
  if (name !== undefined) draft = changeUnit(unit, change, name, rest)
  else if (isRecord(change.value)) draft = change.value
  else throw malformed('INVALID_PARAMETER_SYNTAX', { field: change.path, location: 'body' })
  const next = units.with(index, readUnitBody(draft, referenceId, findings))
  checkUnits(next, findings)
  settle(findings)
  return next
}

function changeIntent(order: Order, change: Change): Order['intent'] {
  const findings = newFindings()
  const intent = asChoice(change.value, '/intent', findings, ['CAPTURE', 'AUTHORIZE'])
  settle(findings)
  if (change.op === 'remove' || intent === undefined)
    throw unprocessable('NOT_PATCHABLE', { field: '/intent' })
  if (intent === 'AUTHORIZE' && order.units.length > 1) throw unprocessable('UNSUPPORTED_INTENT')
  return intent
}

/** All changes or none: the order is written after the last one passed. */
export function patchOrder(call: Call): Answer {
  const order = orderOf(call)
  const changes = readChanges(call)
  if (order.status === 'COMPLETED') throw unprocessable('ORDER_ALREADY_COMPLETED')
  let { intent } = order
  let units: PurchaseUnit[] = order.units
  for (const change of changes) {
    if (change.path === '/intent') intent = changeIntent(order, change)
    else units = applyToUnits(units, change)
  }
  order.intent = intent
  order.units = units
  order.updatedAt = call.paypal.world.clock.now()
  return { status: 204 }
}
