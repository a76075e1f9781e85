/** `npm run bench -- <name>`: measures one thing on this machine and prints what it found. */
const BENCHES: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<void> }>>> = {
  analytics: () => import('./analytics/analytics.ts'),
  dashboard: () => import('./dashboard.ts'),
  routing: () => import('./routing.ts'),
  create: () => import('./create/create.ts'),
  receive: () => import('./create/inbound.ts'),
  reads: () => import('./create/reads.ts'),
  memory: () => import('./create/memory.ts'),
  replay: () => import('./create/replay.ts'),
  storage: () => import('./storage/storage.ts'),
  profile: () => import('./create/profile.ts'),
  start: () => import('./start.ts'),
  webhooks: () => import('./webhooks/webhooks.ts'),
}

const [name, ...args] = process.argv.slice(2)
const load = BENCHES[name ?? '']
if (load === undefined) {
  console.error(`Say which: ${Object.keys(BENCHES).join(', ')}.`)
  process.exitCode = 2
} else {
  await (await load()).run(args)
}
