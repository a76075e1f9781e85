import { describe, expect, test } from 'vitest'
import { checkGlobals } from './tidy/globals.ts'
import { checkImports } from './tidy/imports.ts'
import { checkLock } from './tidy/lock.ts'
import { checkMap } from './tidy/map.ts'
import { checkFileSize, checkFunctionSize } from './tidy/size.ts'
import { makeSource } from './tidy/source.ts'
import { checkWords } from './tidy/words.ts'

const imports = (path: string, target: string) =>
  checkImports(makeSource(path, `import { a } from '${target}'\n`)).map(({ message }) => message)
const globals = (path: string, text: string) =>
  checkGlobals(makeSource(path, text)).map(({ message }) => message)

describe('import direction', () => {
  test.each([
    ['packages/core/src/a.ts', 'node:crypto'],
    ['packages/core/src/a.ts', 'kysely'],
    ['packages/core/src/a.ts', '@onerouter/contract'],
    ['packages/contract/src/a.ts', '@onerouter/providers'],
    ['packages/providers/src/a.ts', '@onerouter/sandbox'],
    ['packages/providers/src/a.ts', '../../sandbox/src/index.ts'],
    ['packages/providers/src/a.ts', '../../core/src/money.ts'],
    ['packages/providers/src/stripe/a.ts', 'stripe'],
    ['packages/sandbox/src/a.ts', '@onerouter/providers'],
    ['packages/sdk/src/a.ts', '@onerouter/core'],
    ['packages/cli/src/a.ts', '../../../apps/api/src/main.ts'],
    ['apps/api/src/a.ts', '@onerouter/sandbox'],
    ['apps/api/src/store/a.ts', '../engine/b.ts'],
    ['apps/api/src/a.ts', './b'],
  ])('%s may not import %s', (path, target) => {
    expect(imports(path, target)).toHaveLength(1)
  })

  test.each([
    ['packages/core/src/a.ts', './money.ts'],
    ['packages/contract/src/a.ts', '@onerouter/core'],
    ['packages/providers/src/a.ts', 'undici'],
    ['packages/providers/src/a.test.ts', '@onerouter/sandbox'],
    ['apps/api/src/engine/a.ts', '../store/b.ts'],
    ['apps/api/src/a.ts', '@onerouter/providers'],
    ['test/e2e/a.ts', '../../apps/api/src/main.ts'],
    ['tools/gen.ts', '../apps/api/src/config-variables.ts'],
  ])('%s may import %s', (path, target) => {
    expect(imports(path, target)).toEqual([])
  })

  test('an import that is spread over lines, re-exported or dynamic is seen too', () => {
    const text = "export {\n  a,\n} from 'node:fs'\nconst b = await import('node:net')\nimport 'node:os'\n"
    const found = checkImports(makeSource('packages/core/src/a.ts', text))
    expect(found.map(({ line }) => line)).toEqual([3, 4, 5])
  })
})

describe('banned globals', () => {
  const path = 'packages/core/src/a.ts'
  test.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'crypto.randomUUID()',
    'await fetch(url)',
    'process.env.X',
    'setTimeout(f, 1)',
    'parseFloat(x)',
  ])('%s is named together with its replacement', (use) => {
    expect(globals(path, `const a = ${use}\n`)).toEqual([expect.stringMatching(/is banned: \w+/)])
  })

  test('words in comments and strings are not uses', () => {
    expect(
      globals(path, "// never Date.now()\nconst a = 'process.env'\nconst b = /Math.random()/\n"),
    ).toEqual([])
  })

  test('what was handed in may be called', () => {
    expect(globals(path, 'export function a({ fetch }: World) {\n  return fetch(url)\n}\n')).toEqual([])
    expect(globals(path, 'const at = new Date(given)\nclock.now()\n')).toEqual([])
  })

  test('a date made from a text is no look at the clock', () => {
    expect(globals(path, "const a = new Date('2026-01-01T00:00:00Z')\n")).toEqual([])
  })

  test('composition files and tests are free', () => {
    expect(globals('apps/api/src/config.ts', 'const a = process.env\n')).toEqual([])
    expect(globals('packages/core/src/a.test.ts', 'const a = Date.now()\n')).toEqual([])
  })
})

describe('sizes', () => {
  const lines = (n: number) => '  work()\n'.repeat(n)
  const long = (text: string) =>
    checkFunctionSize(makeSource('packages/core/src/a.ts', text)).map((f) => f.message)

  test.each([
    (n: number) => `function a(b: { c: string }): { d: string } {\n${lines(n)}}\n`,
    (n: number) => `const a = (b: string): void => {\n${lines(n)}}\n`,
    (n: number) => `const o = {\n  async a(b) {\n${lines(n)}  },\n}\n`,
  ])('a function of 70 lines passes, one more does not (form %#)', (make) => {
    expect(long(make(68))).toEqual([])
    expect(long(make(69))).toHaveLength(1)
  })

  test('a nested function counts by itself, not for the one around it', () => {
    const inner = (n: number) => `  const b = () => {\n${lines(n)}  }\n`
    expect(long(`function a() {\n${inner(60)}${inner(60)}}\n`)).toEqual([])
    expect(long(`function a() {\n${inner(80)}}\n`)).toHaveLength(1)
  })

  test('a table of data is not a function', () => {
    expect(long(`const table = {\n${'  a: 1,\n'.repeat(100)}}\n`)).toEqual([])
  })

  test('a file of 400 lines passes, one more does not', () => {
    expect(checkFileSize(makeSource('a.ts', 'x\n'.repeat(400)))).toEqual([])
    expect(checkFileSize(makeSource('a.ts', 'x\n'.repeat(401)))).toHaveLength(1)
  })
})

describe('words', () => {
  const words = (text: string) => checkWords(makeSource('packages/core/src/a.ts', text))
  const note = ['TO', 'DO'].join('')
  const home = ['', 'root', 'project'].join('/')
  test.each([`// ${note}: later`, 'test.only("a", f)', 'it.skip("a", f)', `const a = '${home}'`])(
    '%s is found',
    (text) => {
      expect(words(text)).toHaveLength(1)
    },
  )
  test('a test that is skipped on a condition, and an HTTP path, pass', () => {
    expect(words("test.skipIf(!present)('a', f)\nconst a = 'https://example.com/work/item'\n")).toEqual([])
  })
})

describe('the lock file', () => {
  test('an optional package without an entry is found', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { b: '1' } } }
    expect(checkLock(JSON.stringify({ packages }))).toHaveLength(1)
    expect(checkLock(JSON.stringify({ packages: { ...packages, 'node_modules/b': {} } }))).toEqual([])
  })
  test('a registry address is found', () => {
    const packages = { 'node_modules/a': { resolved: 'https://registry.example/a.tgz' } }
    expect(checkLock(JSON.stringify({ packages }))).toHaveLength(1)
  })
})

test('a folder that the map does not explain is found', () => {
  expect(checkMap(['packages/new/src/a.ts', 'tools/tidy/a.ts'], '`tools`')).toEqual([
    { path: 'docs/internals/map.md', line: 1, message: 'does not explain packages/new/' },
  ])
})
