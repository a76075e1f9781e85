import type { Emulator } from './kernel/types.ts'

/** Test support: what the official SDKs are answered, judged by the providers' published descriptions. */

export interface Answered {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body: unknown
}

/** The operation an answer was judged as, and what is wrong with it; `undefined`: nobody describes it. */
export type Judge = (
  answer: Answered,
) => { readonly operation: string; readonly problems: readonly unknown[] } | undefined

export interface Witnessed {
  readonly emulator: Emulator
  readonly problems: unknown[]
  /** What was judged, each once. */
  readonly operations: Set<string>
}

/** The same emulator, whose answers are judged on their way out. */
export function witnessed(emulator: Emulator, judge: Judge): Witnessed {
  const problems: unknown[] = []
  const operations = new Set<string>()
  const api = async (request: Request): Promise<Response> => {
    const { method } = request
    const { pathname: path } = new URL(request.url)
    const response = await emulator.api(request)
    const text = await response.clone().text()
    if (!text.startsWith('{')) return response
    const { status } = response
    const judged = judge({ method, path, status, body: JSON.parse(text) })
    if (judged === undefined) return response
    operations.add(judged.operation)
    if (judged.problems.length > 0) problems.push({ method, path, status, problems: judged.problems })
    return response
  }
  return { emulator: { ...emulator, api }, problems, operations }
}
