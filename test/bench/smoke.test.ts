/** The benchmarks still run and count right; nothing here is about time. Linux: where `/proc` tells what was used. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))

const every = process.env.EVERY_SECTION === '1'
if (!every)
  console.warn(
    'SHORT: the benchmarks of memory and storage are not begun (EVERY_SECTION=1; .ci/run has all).',
  )

test.each(['create', 'replay', 'reads', 'receive', ...(every ? ['memory', 'storage'] : [])])(
  'npm run bench -- %s --smoke: every counted answer is in the books of both sides',
  async (section) => {
    const subjects = section === 'create' ? 'floor-naive,floor-batched,onerouter' : 'onerouter'
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [MAIN, section, '--smoke', '--subjects', subjects],
      { timeout: 110_000 },
    )
    expect(stdout).toContain(
      section === 'receive'
        ? 'Every acknowledged event is in the tables.'
        : "Every counted answer is in the provider's book once and in the tables.",
    )
    expect(stdout).not.toContain('did not count')
  },
  120_000,
)
