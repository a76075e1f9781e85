import { ApiError } from '@onerouter/core'
import { expect, test } from 'vitest'
import { secret } from '../secrets/secret.ts'
import { createLogger } from './logging.ts'

function logged(write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = []
  write(createLogger({ debug: true, write: (line) => void lines.push(line) }))
  return lines
}

const SECRETS = [
  `unf_live_${'a1B2'.repeat(9)}Zz`,
  'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'Bearer A21AAFEpH4PsADK7qSS7pSRsgzfENtu-Q1ysgEDVDESseMHBYXVJYE8ovjj68elIDy8nF26AwPhfXTIeWAZHSLIsQkSYz9ifg',
  '4242 4242 4242 4242',
]

test('INV5: nothing that looks like a secret gets through, wherever it hides', () => {
  for (const value of SECRETS) {
    const error = new Error(`failed with ${value}`, { cause: new Error(`because ${value}`) })
    Object.assign(error, { config: { headers: { authorization: value } }, code: 'X' })
    const lines = logged((log) => {
      log.info(`message ${value}`)
      log.info({ text: value, nested: { list: [{ value }] } }, 'fields')
      log.error({ err: error }, 'error')
      log.error({ failure: error }, 'error elsewhere')
      log.error(error)
      log.error({ err: error })
      log.error({ err: new ApiError('internal', 'x', {}, error) }, 'wrapped')
      log.child({ bound: 1 }).warn({ value }, 'child')
      log.info({ key: secret(value) }, 'wrapped secret')
    })
    const core = value.slice(-12)
    expect(lines.join('\n'), value).not.toContain(core)
    expect(lines).toHaveLength(9)
  }
})

test('N13: text cannot break out of its line', () => {
  const lines = logged((log) => log.info({ text: 'a\r\n{"level":"fatal"}\u001b[31m\u2028' }, 'x\ny'))
  expect(lines).toHaveLength(1)
  const codes = [...(lines[0]?.trimEnd() ?? '')].map((letter) => letter.charCodeAt(0))
  expect(Math.min(...codes)).toBeGreaterThanOrEqual(0x20)
  expect(JSON.parse(lines[0] ?? '').level).toBe('info')
})

test('amounts, cycles and depth do not break a line', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const lines = logged((log) => log.info({ amount: 5n, cycle }, 'x'))
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ amount: '5' })
})
