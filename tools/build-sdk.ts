/**
 * Builds the SDK as it is published, in `packages/sdk/dist`: ESM and CommonJS, each with its own types. In the repository the
 * package is used from source, so its manifest points there and is private; `dist` gets one of its own.
 *
 *   npm run build -w onerouter && npm publish packages/sdk/dist
 */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SDK = join(ROOT, 'packages/sdk')
const COMPILE_WITHIN_MS = 120_000

/** TypeScript twice, with nothing but itself: no bundler to trust, and readable files in `node_modules`. */
const OPTIONS = {
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: false,
  isolatedModules: true,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: true,
  declaration: true,
  skipLibCheck: true,
}
const FORMATS = {
  esm: { type: 'module', module: 'es2022', moduleResolution: 'bundler' },
  cjs: { type: 'commonjs', module: 'commonjs', moduleResolution: 'bundler' },
} as const

/** Builds into `target`, which is emptied first. */
export async function build(target: string): Promise<void> {
  await rm(target, { recursive: true, force: true })
  for (const [format, { type, ...options }] of Object.entries(FORMATS)) {
    const outDir = join(target, format)
    await mkdir(outDir, { recursive: true })
    const config = join(target, `tsconfig.${format}.json`)
    const compilerOptions = { ...OPTIONS, ...options, rootDir: join(SDK, 'src'), outDir }
    const files = ['index.ts', 'webhooks.ts'].map((name) => join(SDK, 'src', name))
    await writeFile(config, JSON.stringify({ compilerOptions, files }))
    compile(config)
    await rm(config)
    await renameImports(outDir)
    await writeFile(join(outDir, 'package.json'), JSON.stringify({ type, sideEffects: false }))
  }
  await writeFile(join(target, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`)
  await copyFile(join(ROOT, 'LICENSE'), join(target, 'LICENSE'))
  await copyFile(join(SDK, 'README.md'), join(target, 'README.md'))
}

/** TypeScript renames imports in the code it writes, but not in declarations. */
async function renameImports(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue
    const text = await readFile(join(folder, name), 'utf8')
    await writeFile(join(folder, name), text.replace(/(from '\.[^']*)\.ts'/g, "$1.js'"))
  }
}

function compile(config: string): void {
  const require = createRequire(import.meta.url)
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const run = spawnSync(process.execPath, [tsc, '-p', config], {
    encoding: 'utf8',
    timeout: COMPILE_WITHIN_MS,
  })
  if (run.status !== 0) throw new Error(`tsc failed:\n${run.stdout}${run.stderr}`)
}

/** The source's manifest, open to the world and pointing at what was built. */
async function manifest(): Promise<object> {
  const {
    private: _private,
    scripts: _scripts,
    ...rest
  } = JSON.parse(await readFile(join(SDK, 'package.json'), 'utf8'))
  return {
    ...rest,
    main: './cjs/index.js',
    module: './esm/index.js',
    types: './cjs/index.d.ts',
    exports: {
      '.': entry('index'),
      './webhooks': entry('webhooks'),
      './package.json': './package.json',
    },
  }
}

function entry(name: string): object {
  const of = (format: string) => ({
    types: `./${format}/${name}.d.ts`,
    default: `./${format}/${name}.js`,
  })
  return { import: of('esm'), require: of('cjs') }
}

if (import.meta.main) {
  const target = join(SDK, 'dist')
  await build(target)
  console.log(`built ${target}`)
}
