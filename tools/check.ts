/** `npm run check`: types, lint and format, the house's own rules, generated files. All run; all problems show. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const timeoutMs = 300_000

/** A tool's own program file, found through its package. */
function program(name: string, file: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), file)
}

/** `mend`: the command that puts most of it right by itself. */
const steps: readonly { name: string; args: string[]; mend?: string }[] = [
  { name: 'types', args: [program('typescript', 'bin/tsc'), '-p', '.'] },
  { name: 'dashboard types', args: [program('typescript', 'bin/tsc'), '-p', 'apps/dashboard'] },
  {
    name: 'lint',
    args: [program('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings'],
    mend: 'npx biome check --write',
  },
  { name: 'tidy', args: ['tools/tidy.ts'] },
  { name: 'generated', args: ['tools/gen.ts', '--check'] },
]

function run(step: (typeof steps)[number]): Promise<{ name: string; ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, step.args, { cwd: root, timeout: timeoutMs })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString('utf8')
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('close', (code) => {
      const mend = step.mend === undefined ? '' : `\nMost of it is put right by: ${step.mend}`
      resolve({ name: step.name, ok: code === 0, output: output.trim() + mend })
    })
  })
}

const results = await Promise.all(steps.map(run))
for (const { name, ok, output } of results) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`)
  if (!ok) console.log(output.replace(/^/gm, '  '))
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
