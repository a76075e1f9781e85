/** `npm run chaos`: real processes, real sockets, a real database, and everything breaks. */
import { spawnSync } from 'node:child_process'
import { readOptions } from './options.ts'
import { report } from './report.ts'
import { runChaos } from './run.ts'

const options = readOptions(process.argv.slice(2), () => Date.now() % 1_000_000)
const verbose = process.env.CHAOS_VERBOSE === '1'
const began = performance.now()
const say = (line: string): void => {
  const after = `${((performance.now() - began) / 1000).toFixed(0)} s`.padStart(6)
  if (verbose || !/^(api-\d|worker|sandbox): /.test(line)) console.error(`${after}  ${line}`)
}
say(`chaos with seed ${options.seed}`)
const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', timeout: 10_000 })
const result = await runChaos(options, say)
console.log(report(options, result, commit.stdout.trim()))
process.exit(result.violations.length === 0 ? 0 : 1)
