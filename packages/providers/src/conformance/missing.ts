import type { MakeWorld } from './world.ts'

/** Without these no test of the suite has anything to look at. */
const PARTS = ['payments', 'refunds', 'disputes', 'subscriptions'] as const

/** What is still to be written before the suite can speak of behaviour, each with the place where it is looked for. */
export function missingParts(name: string, makeWorld: MakeWorld): readonly string[] {
  const { provider, sandbox } = makeWorld({
    clock: { now: () => 0 },
    seed: 7,
    fetch: async () => new Response(),
    sleep: () => Promise.resolve(),
    deliveryConcurrency: 1,
    warn: () => {},
  })
  const emulated = sandbox.providers.some((provided) => provided === name)
  return [
    ...(emulated
      ? []
      : [
          `packages/sandbox/src/${name}: the provider's side of the wire, with a row in packages/sandbox/src/emulators.ts`,
        ]),
    ...PARTS.filter((part) => provider[part] === undefined).map(
      (part) => `packages/providers/src/${name}/${part}.ts: its verbs, as \`${part}\` in index.ts`,
    ),
  ]
}
