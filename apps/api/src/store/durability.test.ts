import { expect, test } from 'vitest'
import { type Asked, durabilityProblems, requireDurable } from './durability.ts'

const having = (...off: readonly string[]): Asked => ({
  engine: {
    query: (_text, [names]) => {
      const asked = names as readonly string[] // the one parameter of the one statement
      return Promise.resolve({ rows: off.filter((name) => asked.includes(name)).map((name) => ({ name })) })
    },
  },
})

test('H34: a production server refuses a database that forgets what it has confirmed, and says which setting', async () => {
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const refused = requireDurable(having(setting), true, () => {})
    await expect(refused).rejects.toThrow(`${setting} = off`)
  }
  await expect(requireDurable(having(), true, () => {})).resolves.toBeUndefined()
})

test('H34: outside of production the same is a warning', async () => {
  const warnings: string[] = []
  await requireDurable(having('fsync'), false, (problem) => warnings.push(problem))
  expect(warnings).toEqual([expect.stringContaining('fsync = off')])
  expect(await durabilityProblems(having())).toEqual([])
})
