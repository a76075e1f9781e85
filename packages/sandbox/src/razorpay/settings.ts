import { isRecord, json, readJson } from '../kernel/http.ts'
import { Refusal, refusalResponse, refuse, UNAUTHENTICATED } from './errors.ts'
import { integer, only, optionalFlag } from './fields.ts'
import { captureRule } from './orders.ts'
import { authenticate } from './routes.ts'
import type { MerchantRow, Razorpay } from './state.ts'

const view = ({ merchantId, uniqueReceipts, rule, maxAmount }: MerchantRow) => ({
  merchant_id: merchantId,
  unique_receipts: uniqueReceipts,
  max_amount: maxAmount,
  payment: {
    capture: rule.capture,
    capture_options: {
      automatic_expiry_period: rule.automaticMinutes,
      manual_expiry_period: rule.manualMinutes,
      refund_speed: rule.refundSpeed,
    },
  },
})

/** What a merchant sets in Razorpay's dashboard: `GET` and `PATCH`, with the API's own credentials. */
export async function settings(rzp: Razorpay, request: Request): Promise<Response> {
  const account = authenticate(rzp, request)
  if (account === undefined) return json(401, UNAUTHENTICATED)
  const merchant = rzp.merchant(account.id)
  if (request.method !== 'PATCH') return json(200, view(merchant))
  const body = await readJson(request)
  try {
    const fields = body.ok && isRecord(body.value) ? body.value : refuse('EOF.')
    only(fields, ['unique_receipts', 'max_amount', 'payment'])
    const limit = fields['max_amount']
    if (limit !== undefined) merchant.maxAmount = integer(limit, 'max_amount')
    merchant.uniqueReceipts = optionalFlag(fields, 'unique_receipts', merchant.uniqueReceipts)
    merchant.rule = captureRule({ payment: fields['payment'] }, merchant.rule)
    return json(200, view(merchant))
  } catch (error) {
    if (error instanceof Refusal) return refusalResponse(error)
    throw error
  }
}
