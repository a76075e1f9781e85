import { expect, test } from 'vitest'
import { processIdentity } from './process-identity.ts'
import { findUser, mayTraverse } from './run-as.ts'
import { parsePostmasterFile } from './stale.ts'

test('the server’s lock file is read, also one that a crash cut short', () => {
  const whole = '4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  1 2\nready   \n'
  expect(parsePostmasterFile(whole)).toEqual({ pid: 4711, port: 5433, status: 'ready' })
  expect(parsePostmasterFile('4711\n')).toEqual({ pid: 4711, port: 0, status: '' })
  expect(parsePostmasterFile('')).toBeUndefined()
})

test('PostgreSQL never runs as root, whatever a user is called', () => {
  const passwd = 'root:x:0:0::/:/bin/sh\npostgres:x:0:0::/:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n'
  expect(findUser(passwd, 'postgres')).toBeUndefined()
  expect(findUser(passwd, 'nobody')).toEqual({ uid: 65_534, gid: 65_533 })
  expect(findUser(passwd, 'absent')).toBeUndefined()
})

test('a closed home folder is recognised by owner, group and others in turn', () => {
  const user = { uid: 1000, gid: 1000 }
  expect(mayTraverse({ mode: 0o40700, uid: 0, gid: 0 }, user)).toBe(false)
  expect(mayTraverse({ mode: 0o40755, uid: 0, gid: 0 }, user)).toBe(true)
  expect(mayTraverse({ mode: 0o40070, uid: 0, gid: 1000 }, user)).toBe(true)
  expect(mayTraverse({ mode: 0o40077, uid: 1000, gid: 0 }, user)).toBe(false)
})

test('a process has one identity while it lives and none when nobody has its id', async () => {
  expect(await processIdentity(process.pid)).toBe(await processIdentity(process.pid))
  expect(await processIdentity(2 ** 22 - 3)).toBeUndefined()
})
