/** `npm run chaos`: real processes, real sockets, a real database, and everything breaks. */
import { spawnSync } from 'node:child_process'
import { type Order, readOrder } from './options.ts'
import { report } from './report.ts'
import { runChaos } from './run.ts'
import { measureSettling } from './settle.ts'
import { keepsPromise, settleReport } from './settle-report.ts'

const order = readOrder(process.argv.slice(2), () => Date.now() % 1_000_000)
const verbose = process.env.CHAOS_VERBOSE === '1'
const began = performance.now()
const say = (line: string): void => {
  const after = `${((performance.now() - began) / 1000).toFixed(0)} s`.padStart(6)
  if (verbose || !/^(api-\d|worker|sandbox): /.test(line)) console.error(`${after}  ${line}`)
}
const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', timeout: 10_000 })
say(`${order.kind} with seed ${order.options.seed}`)
process.exit((await carryOut(order, git.stdout.trim())) ? 0 : 1)

/** Prints the figures, and answers whether they are as promised. */
async function carryOut({ kind, options }: Order, commit: string): Promise<boolean> {
  if (kind === 'settle') {
    const result = await measureSettling(options, say)
    console.log(settleReport(options, result, commit))
    return keepsPromise(result)
  }
  const result = await runChaos(options, say)
  console.log(report(options, result, commit))
  return result.violations.length === 0
}
