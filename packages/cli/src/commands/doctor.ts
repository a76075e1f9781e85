import { type Command, EXIT, type Invocation } from './command.ts'
import { baseUrlOf } from './connection.ts'
import { accountChecks } from './doctor-account.ts'
import { installationChecks } from './doctor-installation.ts'
import { askHealth } from './health.ts'

/** What one look at the installation found, and what to do about it. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly detail: string
  /** A sentence that says what to do; `null` when there is nothing. */
  readonly advice: string | null
}

export const good = (name: string, detail: string): Check => ({ name, status: 'ok', detail, advice: null })
export const skipped = (name: string, detail: string): Check => ({
  name,
  status: 'skipped',
  detail,
  advice: null,
})
export const warning = (name: string, detail: string, advice: string): Check => ({
  name,
  status: 'warning',
  detail,
  advice,
})
export const failed = (name: string, detail: string, advice: string): Check => ({
  name,
  status: 'failed',
  detail,
  advice,
})

const MARKS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ', skipped: '-      ' } as const

/** `onerouter doctor` */
export const doctor: Command = {
  name: 'doctor',
  summary: 'looks for what is wrong with an installation, and says what to do',
  args: [],
  options: {},
  details: [
    'Node, ports, database, the API, its clock and ours, the key, the sandbox, the credentials of every provider, and whether webhooks can arrive. Ends with 1 when something failed; warnings do not count.',
  ],
  examples: ['doctor', 'doctor --json'],
  async run(invocation) {
    const checks = await examine(invocation)
    const count = (status: Check['status']): number =>
      checks.filter((check) => check.status === status).length
    const [failures, warnings] = [count('failed'), count('warning')]
    const verdict =
      failures > 0 ? `${failures} failed, ${warnings} warning(s).` : `Nothing failed, ${warnings} warning(s).`
    const lines = checks.flatMap(({ name, status, detail, advice }) => [
      `${MARKS[status]}  ${name.padEnd(20)}  ${detail}`,
      ...(advice === null ? [] : [`${' '.repeat(31)}→ ${advice}`]),
    ])
    invocation.show({ ok: failures === 0, checks }, [...lines, '', verdict].join('\n'))
    return failures > 0 ? EXIT.failed : EXIT.ok
  },
}

async function examine(invocation: Invocation): Promise<readonly Check[]> {
  const baseUrl = baseUrlOf(invocation)
  const health = await askHealth(invocation.world, baseUrl)
  return [
    ...(await installationChecks(invocation, baseUrl, health)),
    ...(await accountChecks(invocation, health)),
  ]
}
