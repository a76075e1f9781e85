/** `npm run restart-proof`: kill -9 with 100,000 open payments, measured until ready and until the work flows. */
import { parseArgs } from 'node:util'
import { measureRestarts } from './restart.ts'

const { values } = parseArgs({
  options: { payments: { type: 'string', default: '100000' }, times: { type: 'string', default: '5' } },
})
const { openPayments, restarts } = await measureRestarts(
  Number(values.payments),
  Number(values.times),
  (line) => console.error(line),
)
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
const worst = (of: (one: (typeof restarts)[number]) => number) => Math.max(...restarts.map(of))
console.log(`| restart with ${openPayments} open payments | ready | first look | looks a second |`)
console.log('|---|---|---|---|')
for (const [n, one] of restarts.entries()) {
  console.log(
    `| ${n + 1} | ${seconds(one.readyMs)} | ${seconds(one.firstWorkMs)} | ${one.looksPerSecond.toFixed(0)} |`,
  )
}
console.log(
  `| **worst** | **${seconds(worst((one) => one.readyMs))}** | ${seconds(worst((one) => one.firstWorkMs))} | |`,
)
process.exit(0)
