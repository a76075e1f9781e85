/** An upgrade without a pause: the version before the newest migration and this one serve the same database side by side. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { OneRouter } from 'onerouter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ApiProcess,
  createInstallation,
  freePort,
  type Installation,
  inherited,
} from '../harness/processes.ts'
import { layOut, previousVersion } from './previous-version.ts'

const run = promisify(execFile)
const NEW_MAIN = new URL('../../apps/api/src/main.ts', import.meta.url).pathname
const MIGRATED_WITHIN_MS = 60_000

const commit = await previousVersion()
if (commit === undefined)
  console.warn('SKIPPED: two versions at once (the history of the repository is not here)')

describe.skipIf(commit === undefined)('two versions at once', () => {
  let installation: Installation
  let folder: string
  let older: ApiProcess
  let newer: ApiProcess
  const clientOf = ({ url, apiKey }: ApiProcess) => new OneRouter({ apiKey, baseUrl: url })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onerouter-previous-'))
    const program = await layOut(commit ?? '', folder)
    installation = await createInstallation({ empty: true })
    older = await installation.start({}, program)
  }, 120_000)
  afterAll(async () => {
    await installation?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const create = (api: ApiProcess, key: string) =>
    clientOf(api).payments.create(
      { amount: '10.00', currency: 'USD', provider: 'stripe', receipt: key },
      { idempotencyKey: key },
    )

  test('the old one goes on while the database is migrated and after it, and both see the same payments', async () => {
    const before = await create(older, 'before')
    const { stdout } = await run(process.execPath, [NEW_MAIN, 'migrate'], {
      timeout: MIGRATED_WITHIN_MS,
      env: { ...inherited(), DATABASE_URL: installation.database.url, ONEROUTER_DATA_DIR: folder },
    })
    expect(stdout).toMatch(/^Applied: \d{4}_/)
    const between = await create(older, 'between')
    newer = await installation.start({ API_PORT: String(await freePort()) })
    const after = await create(newer, 'after')
    for (const api of [older, newer]) {
      const seen = await clientOf(api).payments.list({ limit: 10 })
      expect(seen.data.map(({ id }) => id).sort()).toEqual([before.id, between.id, after.id].sort())
    }
  })

  test('a repeated request is the same payment, whichever version it reaches', async () => {
    const [first, again] = [await create(older, 'once'), await create(newer, 'once')]
    expect(again.id).toBe(first.id)
    const [one, other] = [await create(newer, 'twice'), await create(older, 'twice')]
    expect(other.id).toBe(one.id)
  })

  test('what one began, the other finishes: paid, refunded, in the same state for both', async () => {
    for (const [begins, ends] of [
      [older, newer],
      [newer, older],
    ] as const) {
      const { id } = await create(begins, `across-${ends.url}`)
      await clientOf(ends).simulations.payment(id, 'succeed')
      await expect
        .poll(async () => (await clientOf(begins).payments.get(id)).status, { timeout: 20_000 })
        .toBe('succeeded')
      const refund = await clientOf(ends).payments.refund(id, { amount: '4.00' })
      await expect
        .poll(async () => (await clientOf(begins).refunds.retrieve(refund.id)).status, { timeout: 20_000 })
        .toBe('succeeded')
      const states = await Promise.all([begins, ends].map((api) => clientOf(api).payments.get(id)))
      expect(states.map(({ status, amountRefunded }) => [status, amountRefunded])).toEqual([
        ['succeeded', '4.00'],
        ['succeeded', '4.00'],
      ])
    }
  })

  test('when the old one is gone, the new one goes on, and the books of both hold', async () => {
    await older.stop()
    const { stdout } = await run(process.execPath, [NEW_MAIN, 'verify-ledger'], {
      timeout: MIGRATED_WITHIN_MS,
      env: { ...inherited(), DATABASE_URL: installation.database.url, ONEROUTER_DATA_DIR: folder },
    })
    expect(stdout).toMatch(/[1-9]\d* payment\(s\) looked at, 0 problem/)
    expect((await create(newer, 'alone')).status).toBe('requires_action')
  })
})
