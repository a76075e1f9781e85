import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BuiltOnce } from './test/harness/built-once.ts'
import { findChromium } from './test/harness/chromium.ts'

const ignored = ['**/node_modules/**', '**/.onerouter/**']
const chromium = findChromium()
if (chromium === undefined) {
  console.log('SKIPPED: browser tests in test/e2e (no Chromium on this machine; .ci/run installs it).')
} else if (process.env.EVERY_PAGE !== '1') {
  console.log(
    'SHORT: one page of each section, without hostile texts, questions and second factors (npm run e2e has all).',
  )
}
/** Proofs that are minutes of visits to every page, or of one page in every state. */
const whole =
  process.env.EVERY_PAGE === '1'
    ? []
    : ['hostile-text', 'questions', 'security'].map((name) => `test/e2e/dashboard-${name}.test.ts`)

/**
 * Modules are Node's own, as in production, so that nothing is transformed and what was compiled once is kept, and the files of
 * one worker share them, for modules hold no state.
 */
const asNodeRunsIt = { isolate: false, experimental: { viteModuleRunner: false, nodeLoader: false } } as const
/** Without Vite's own condition `development`, by which some packages offer sources that Node does not read. */
const conditions = { resolve: { conditions: ['node'] }, ssr: { resolve: { conditions: ['node'] } } }

const onPostgres = {
  globalSetup: ['test/harness/global-setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    // A hung test is a finding, not a reason to wait: both limits are far above the slowest honest test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // Most tests wait for a database half of their time: on two cores, the default of one worker leaves both idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: BuiltOnce },
    projects: [
      {
        ...conditions,
        test: {
          ...asNodeRunsIt,
          name: 'unit',
          include: ['packages/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ignored,
          testTimeout: 20_000,
        },
      },
      { test: { name: 'dashboard', include: ['apps/dashboard/src/**/*.test.ts'], exclude: ignored } },
      {
        ...conditions,
        test: {
          ...asNodeRunsIt,
          ...onPostgres,
          name: 'postgres',
          include: ['apps/api/**/*.test.ts', 'test/proofs/**/*.test.ts'],
          exclude: ignored,
        },
      },
      {
        // Files that start processes of their own: each has a worker of its own, which takes them along when it ends.
        test: {
          ...onPostgres,
          name: 'processes',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...ignored,
            ...whole,
            'test/proofs/**',
            ...(chromium === undefined ? ['test/e2e/**'] : []),
          ],
        },
      },
    ],
  },
})
