import { expect, test } from 'vitest'
import { createPasswords, PASSWORD_COST, SALT_BYTES } from './password.ts'

const SALT = Buffer.alloc(SALT_BYTES, 7)

test('a password costs what the cheat sheet asks for, and only the right one opens', async () => {
  const passwords = createPasswords()
  const stored = await passwords.hash('correct horse battery', SALT)
  expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await passwords.verify('correct horse battery', stored)).toBe(true)
  expect(await passwords.verify('correct horse batterY', stored)).toBe(false)
  expect(await passwords.verify('correct horse battery', null)).toBe(false)
})

test('hashes keep the cost they were made with: older ones still open', async () => {
  const cheap = createPasswords({ ln: 4, r: 8, p: 1 })
  expect(await createPasswords(PASSWORD_COST).verify('battery', await cheap.hash('battery', SALT))).toBe(true)
})

test('a crowd is turned away instead of filling the memory, and everybody else is served', async () => {
  const passwords = createPasswords({ ln: 10, r: 8, p: 1 })
  const answers = await Promise.allSettled(Array.from({ length: 30 }, () => passwords.hash('battery', SALT)))
  const refused = answers.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(30 - 18)
  expect(refused[0]).toMatchObject({ reason: { code: 'overloaded' } })
  expect(await passwords.hash('battery', SALT)).toMatch(/^\$scrypt\$/)
})
