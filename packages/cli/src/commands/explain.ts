/** Errors as a person or a program reads them. */
import { ConnectionError, OneRouterError } from 'onerouter'
import { CommandError, EXIT, type ExitCode } from './command.ts'

export interface Explained {
  readonly exit: ExitCode
  readonly code: string
  readonly message: string
  readonly request_id?: string
}

/** Every error has a code, a sentence and an exit code; what nobody foresaw is a failure like others. */
export function explain(error: unknown): Explained {
  if (error instanceof CommandError) return { exit: error.exit, code: error.code, message: error.message }
  if (OneRouterError.isInstance(error)) {
    // Often the sentence says it already.
    const unsaid = error.errors.filter(({ detail }) => !error.message.includes(detail.replace(/\.$/, '')))
    const fields = unsaid.map(({ pointer, detail }) => `${pointer}: ${detail}`)
    const reached = !ConnectionError.isInstance(error)
    const advice = reached ? [] : ['Is the API running (`npm start`), and is --base-url its address?']
    return {
      exit: reached ? EXIT.failed : EXIT.unreachable,
      code: error.code,
      message: [error.message, ...fields, ...advice].join('\n'),
      ...(error.requestId !== undefined && { request_id: error.requestId }),
    }
  }
  return {
    exit: EXIT.failed,
    code: 'failed',
    message: error instanceof Error ? error.message : String(error),
  }
}

export function errorLine(explained: Explained, json: boolean): string {
  const { exit: _exit, ...error } = explained
  if (json) return JSON.stringify({ error })
  const reference = error.request_id === undefined ? '' : ` (request ${error.request_id})`
  return `${error.message}${reference}`
}
