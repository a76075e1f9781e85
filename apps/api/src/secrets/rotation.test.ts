import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test/harness/postgres.ts'
import { actingStatements } from '../audit/acting.ts'
import { loadConfig } from '../config.ts'
import { createLogger } from '../http/logging.ts'
import { connectService } from '../routes/services/save.ts'
import { createPeople } from '../sessions/people.ts'
import { putSecret, type SecondFactorRow } from '../sessions/second-factor-store.ts'
import { type Started, start } from '../start.ts'
import { insertAccount } from '../store/accounts.ts'
import { createSandboxWorld } from '../testing/sandbox-transport.ts'
import { rotateKeys } from './rotate.ts'
import { seal, unseal } from './seal.ts'
import { secondFactorPlace } from './second-factor-place.ts'

const [OLD, NEW, OTHER, THIRD] = Array.from({ length: 4 }, () => randomBytes(32).toString('base64'))
const SECRET_KEY = randomBytes(32).toString('hex')
const world = createSandboxWorld()

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

async function withKeys<T>(encryption: string, work: (started: Started) => Promise<T>): Promise<T> {
  const config = loadConfig({
    ENVIRONMENT: 'test',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '4',
    SECRET_KEY,
    ENCRYPTION_KEY: encryption,
  })
  const log = createLogger({ debug: false, silent: true })
  const started = await start(config, { log, transport: world.transport })
  try {
    return await work(started)
  } finally {
    await started.close()
  }
}

test('D25: credentials survive a key rotation and every restart around it', async () => {
  const accountId = await withKeys(`${OLD}`, async ({ deps }) => {
    const id = deps.newId()
    await insertAccount(deps.db, id, 'Rotation')
    await connectService(deps, {
      accountId: id,
      service: 'stripe',
      environment: 'test',
      credentials: 'sandbox',
    })
    await connectService(deps, {
      accountId: id,
      service: 'stripe',
      environment: 'test',
      credentials: 'sandbox',
    })
    return id
  })
  const read = ({ deps }: Started) =>
    Promise.all([1, 2].map((version) => deps.credentials.version(accountId, 'test', 'stripe', version)))
  const before = await withKeys(`${OLD}`, read)

  await withKeys(`${NEW},${OLD}`, async (started) => {
    expect(await read(started)).toEqual(before)
    const newIv = () => randomBytes(12)
    expect(await rotateKeys(started.deps.db, started.deps.encryption, newIv)).toEqual({ rotated: 2 })
    expect(await rotateKeys(started.deps.db, started.deps.encryption, newIv)).toEqual({ rotated: 0 })
    expect(await read(started)).toEqual(before)
  })
  expect(await withKeys(`${NEW}`, read)).toEqual(before)
})

test('second factors survive a key rotation as well', async () => {
  const secret = randomBytes(20)
  const opened = (deps: Started['deps'], row: SecondFactorRow | undefined) =>
    row && unseal(deps.encryption, secondFactorPlace(row), row.sealed)
  const read = async ({ deps }: Started) => {
    const { rows } = await deps.db.engine.query<SecondFactorRow>('SELECT * FROM second_factor')
    return opened(deps, rows[0])
  }
  await withKeys(`${NEW}`, async ({ deps }) => {
    const { personId, accountId } = await createPeople(deps).signUp(
      { email: 'a@example.com', password: 'correct horse', name: 'Ada' },
      'nobody',
    )
    const place = secondFactorPlace({ account_id: accountId, person_id: personId })
    const sealed = seal(deps.encryption, place, secret, randomBytes(12))
    await putSecret(
      actingStatements(deps.db.engine, { kind: 'person', id: personId, requestId: '' }),
      { personId, accountId },
      sealed,
      new Date(),
    )
  })
  await withKeys(`${THIRD},${NEW}`, async (started) => {
    expect(await read(started)).toEqual(secret)
    await rotateKeys(started.deps.db, started.deps.encryption, () => randomBytes(12))
  })
  expect(await withKeys(`${THIRD}`, read)).toEqual(secret)
  await expect(withKeys(`${OTHER}`, async () => 'started')).rejects.toThrow(/does not open this database/)
  await withKeys(`${NEW},${THIRD}`, ({ deps }) => rotateKeys(deps.db, deps.encryption, () => randomBytes(12)))
})

test('C1: a server with a wrong key refuses to start, in words, and changes nothing', async () => {
  await expect(withKeys(`${OTHER}`, async () => 'started')).rejects.toThrow(
    /ENCRYPTION_KEY does not open this database: .*Nothing was changed/,
  )
  await expect(withKeys(`${OLD}`, async () => 'started')).rejects.toThrow(/does not open this database/)
  expect(await withKeys(`${OTHER},${NEW}`, async () => 'started')).toBe('started')
})

test('C5: a dump of the database holds no credential and no key in the clear', async () => {
  await withKeys(`${NEW}`, async ({ deps }) => {
    const { rows } = await deps.db.engine.query('SELECT sealed FROM credential')
    expect(rows).toHaveLength(2)
    for (const { sealed } of rows) expect(sealed.toString('latin1')).not.toMatch(/sk_test|secret/)
  })
})
