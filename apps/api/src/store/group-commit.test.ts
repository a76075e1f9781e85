import { expect, test } from 'vitest'
import { groupCommit, ROWS_MAX, spaced } from './group-commit.ts'

/** A database whose statements end when the test says so. */
function stand() {
  const flights: { rows: readonly string[]; end: (failure?: object) => void }[] = []
  const alone: string[] = []
  const patience: (() => void)[] = []
  const write = groupCommit<string, string>({
    nameOf: (row) => row.split('/')[0] ?? '',
    many: (rows) =>
      new Promise((resolve, reject) => {
        flights.push({
          rows,
          end: (failure) => (failure === undefined ? resolve(rows.map((row) => `${row}!`)) : reject(failure)),
        })
      }),
    one: async (row) => {
      alone.push(row)
      if (row.includes('bad')) throw new Error(`no ${row}`)
      return `${row} alone`
    },
    after: (_, call) => {
      patience.push(call)
      return () => undefined
    },
  })
  return { write, flights, alone, patience }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
const ERROR = { severity: 'ERROR', code: '23514' }

test('a write without company leaves in the same turn of the event loop', async () => {
  const { write, flights } = stand()
  const answer = write('a')
  await turn()
  expect(flights.map(({ rows }) => rows)).toEqual([['a']])
  flights[0]?.end()
  expect(await answer).toBe('a!')
})

test('what arrives while two flushes are under way leaves together, each with its own answer', async () => {
  const { write, flights } = stand()
  const answers = [write('a')]
  await turn()
  answers.push(write('b'))
  await turn()
  for (const row of ['c', 'd', 'e']) answers.push(write(row))
  await turn()
  expect(flights.map(({ rows }) => rows)).toEqual([['a'], ['b']])
  flights[0]?.end()
  await turn()
  expect(flights[2]?.rows).toEqual(['c', 'd', 'e'])
  for (const flight of flights) flight.end()
  expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!'])
})

test('beside a flush of many another leaves only when the first one hangs', async () => {
  const { write, flights, patience } = stand()
  const many = Array.from({ length: 20 }, (_, i) => write(`a${i}`))
  await turn()
  const late = ['b', 'c'].map((row) => write(row))
  await turn()
  expect(flights.map(({ rows }) => rows.length)).toEqual([20])
  patience[0]?.()
  await turn()
  expect(flights[1]?.rows).toEqual(['b', 'c'])
  for (const flight of flights) flight.end()
  expect(await Promise.all(late)).toEqual(['b!', 'c!'])
  await Promise.all(many)
})

test('what waited for a flush of many leaves with its end', async () => {
  const { write, flights } = stand()
  const many = Array.from({ length: 20 }, (_, i) => write(`a${i}`))
  await turn()
  const late = write('b')
  await turn()
  flights[0]?.end()
  await turn()
  expect(flights[1]?.rows).toEqual(['b'])
  flights[1]?.end()
  expect(await late).toBe('b!')
  await Promise.all(many)
})

test('a bad row does not fail its neighbours', async () => {
  const { write, flights, alone } = stand()
  const answers = ['a', 'bad', 'c'].map((row) => write(row))
  await turn()
  flights[0]?.end(ERROR)
  const settled = await Promise.allSettled(answers)
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
    'a alone',
    'failed',
    'c alone',
  ])
  expect(alone).toEqual(['a', 'bad', 'c'])
})

test.each([
  ['the server ended the session', { severity: 'FATAL', code: '57P01' }],
  ['the connection broke', new Error('Connection terminated unexpectedly')],
])('nothing is written again when %s: the commit may have been on its way', async (_, failure) => {
  const { write, flights, alone } = stand()
  const answers = [write('a'), write('b')]
  await turn()
  flights[0]?.end(failure)
  const settled = await Promise.allSettled(answers)
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(alone).toEqual([])
})

test('two rows of one name never travel at once, and nobody else waits for them', async () => {
  const { write, flights } = stand()
  const answers = ['x/1', 'x/2', 'y/1'].map((row) => write(row))
  await turn()
  expect(flights.map(({ rows }) => rows)).toEqual([['x/1', 'y/1']])
  flights[0]?.end()
  await turn()
  expect(flights[1]?.rows).toEqual(['x/2'])
  flights[1]?.end()
  expect(await Promise.all(answers)).toEqual(['x/1!', 'x/2!', 'y/1!'])
})

test('a flush is bounded, and everything is answered', async () => {
  const { write, flights } = stand()
  const answers = Array.from({ length: 3 * ROWS_MAX + 1 }, (_, i) => write(String(i)))
  for (let landed = 0; landed < 4; landed++) {
    await turn()
    flights[landed]?.end()
  }
  await Promise.all(answers)
  expect(flights.map(({ rows }) => rows.length)).toEqual([ROWS_MAX, ROWS_MAX, ROWS_MAX, 1])
})

test('spaced flushes: the first leaves at once, what comes before the time is over leaves together after it', async () => {
  const rests: (() => void)[] = []
  const flights: (readonly string[])[] = []
  const write = groupCommit<string, string>({
    nameOf: (row) => row,
    many: async (rows) => {
      flights.push(rows)
      return rows
    },
    one: async (row) => row,
    lanes: 1,
    defer: spaced(5, (call) => rests.push(call)),
  })
  const answers = [write('a')]
  await turn()
  expect(flights).toEqual([['a']])
  for (const row of ['b', 'c']) answers.push(write(row))
  await turn()
  expect(flights).toEqual([['a']])
  rests.shift()?.()
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'])
  expect(flights).toEqual([['a'], ['b', 'c']])
  rests.shift()?.()
  answers.push(write('d'))
  expect(await answers.at(-1)).toBe('d')
  expect(rests).toHaveLength(1)
})
