import { ApiError, type Environment } from '@onerouter/core'

const URL_LENGTH_MAX = 2048

/**
 * An address payers are sent to after checkout. It is stored and used as it is, never taken from a later
 * request, so it cannot be turned into an open redirect. @throws ApiError invalid_request
 */
export function readReturnUrl(
  field: 'return_url' | 'cancel_url' | 'callback_url',
  text: string | undefined,
  environment: Environment,
): string | undefined {
  if (text === undefined) return undefined
  const problem = problemOf(text, environment)
  if (problem === null) return text
  throw new ApiError('invalid_request', `${field} ${problem}.`, {
    errors: [{ pointer: `/${field}`, detail: problem }],
  })
}

function problemOf(text: string, environment: Environment): string | null {
  if (text.length > URL_LENGTH_MAX) return `must be at most ${URL_LENGTH_MAX} characters`
  // Browsers read backslashes as slashes and drop tabs and line ends, so a lenient parser sees another host.
  if (!/^https?:\/\/[^/\\]/i.test(text) || /[\s\\]|[^\x21-\x7e]/.test(text)) {
    return 'must be an absolute http or https address in ASCII'
  }
  if (!URL.canParse(text)) return 'is not an address'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  if (environment === 'live' && url.protocol !== 'https:') return 'must use https in the live environment'
  return null
}
