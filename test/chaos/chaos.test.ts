import { expect, test } from 'vitest'
import { optionsOf } from './options.ts'
import { report } from './report.ts'
import { runChaos } from './run.ts'

const SEED_BELOW = 1_000_000

/**
 * The short form of `npm run chaos`: one process that serves and works, PostgreSQL with fsync, providers whose
 * answers get lost. `CHAOS_SEED` draws the same faults again.
 */
test('kills, database crashes and lost answers under load: the books agree to the cent, every event arrives', async () => {
  const seed = Number(process.env.CHAOS_SEED ?? Date.now() % SEED_BELOW)
  console.log(`chaos with seed ${seed}`)
  const options = optionsOf({
    seed,
    minutes: 0.2,
    killsApi: 2,
    killsWorker: 0,
    pgRestarts: 1,
    storms: 3,
    clients: 8,
    apis: 1,
    clockSkewS: 0,
    providers: ['stripe', 'paypal'],
    losesRequests: false,
  })
  const result = await runChaos(options, () => {})
  const figures = report(options, result, 'the work tree')
  expect(result.violations, figures).toEqual([])
  expect(result.reconciled.unexplained, figures).toBe(0)
  expect(result.deeds.get('kill -9 of an API')).toBe(2)
  expect(result.payments, figures).toBeGreaterThan(5)
  expect(result.events, figures).toBeGreaterThan(result.payments)
}, 400_000)
