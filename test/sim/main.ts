/** `npm run sim -- --seed N --histories M`: first the kept failures, then fresh histories on two processes. */
import { seeded } from './choices.ts'
import { runHistory } from './history.ts'
import { outsideMicrotasks } from './loop.ts'
import { type Marks, missed } from './marks.ts'

const arg = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
Error.stackTraceLimit = process.argv.includes('--trace') ? 20 : 0
const seed = arg('seed', 1)
const histories = arg('histories', 1000)
const marks: Marks = new Map()
await outsideMicrotasks((drain) => {
  const began = performance.now()
  const kinds = new Map<string, [number, number, string]>()
  let events = 0
  for (let i = 0; i < histories; i++) {
    const result = runHistory(seeded(seed + i), { marks, drain, traced: process.argv.includes('--trace') })
    events += result.events
    for (const { kind, detail } of result.violations) {
      const known = kinds.get(kind)
      if (known === undefined) kinds.set(kind, [1, seed + i, detail])
      else known[0] += 1
    }
    if (process.argv.includes('--trace'))
      for (const l of result.trace)
        console.log(`${(l.atMs / 1000).toFixed(3)} ${l.from} -> ${l.to}: ${l.text}`)
  }
  const s = (performance.now() - began) / 1000
  console.log(
    `${histories} in ${s.toFixed(1)} s = ${(histories / s).toFixed(0)}/s, ${(events / histories).toFixed(0)} events each`,
  )
  for (const [kind, [n, first, detail]] of kinds)
    console.log(`${n} x ${kind} (seed ${first}): ${detail.slice(0, 900)}`)
  console.log(
    [...marks]
      .sort()
      .map(([k, v]) => `${k}=${v}`)
      .join(' '),
  )
  console.log('missed', missed(marks, 1).join(' '))
})
