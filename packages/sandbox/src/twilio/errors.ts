import { json } from '../kernel/http.ts'

/** Codes that are not answered with 400 (Twilio docs, "Error and Warning Dictionary"). */
const STATUS: Readonly<Record<number, number>> = {
  20003: 401,
  20004: 405,
  20009: 409,
  20404: 404,
  20409: 409,
}

/** The documented answer ends the request here; `answer` turns it into a response. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export function refuse(code: number, message: string): never {
  throw new Refusal(code, message)
}

const envelope = (code: number, message: string, status: number) => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
})

export function refusalResponse({ code, message }: Refusal, headers: Record<string, string>): Response {
  const status = STATUS[code] ?? 400
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="Twilio API"' } : {}
  return json(status, envelope(code, message, status), { ...headers, ...challenge })
}

/** What Twilio says with 429 and 5xx. */
export function errorBody(status: number): unknown {
  if (status === 429) return envelope(20429, 'Too Many Requests', status)
  if (status === 503) return envelope(20503, 'Service Unavailable', status)
  return envelope(20500, 'An internal server error has occurred', status)
}

/** Why a message did not arrive (Twilio docs, "Error and Warning Dictionary", 30000 and up). */
const DELIVERY_ERRORS: Readonly<Record<number, string>> = {
  21610: 'Attempt to send to unsubscribed recipient',
  30001: 'Queue overflow',
  30003: 'Unreachable destination handset',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30036: 'Validity Period Expired',
}
export const deliveryError = (code: number | null): string | null =>
  code === null ? null : (DELIVERY_ERRORS[code] ?? 'Unknown error')
