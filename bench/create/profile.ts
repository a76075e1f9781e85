/**
 * Where the time of a create goes: `npm run profile`. OneRouter's own process runs under V8's sampling profiler while payments
 * are created; the costliest functions are printed and the profile is left in `.onerouter/profile`, to be opened as a flame
 * graph in any Chromium's developer tools or in an editor.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { creating } from './create.ts'
import { createLoad } from './load.ts'
import { parseOptions } from './options.ts'
import { table } from './report.ts'
import { openWorld } from './world.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SHOWN = 60

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export async function run(args: readonly string[]): Promise<void> {
  const { seconds, connections, warmUpSeconds } = parseOptions(args)
  const folder = join(ROOT, '.onerouter', 'profile')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const execArgv = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', '500']
  const world = await openWorld({ subjects: ['onerouter'], execArgv })
  let fired = 0
  try {
    const [own] = world.subjects.map(creating)
    if (own === undefined) throw new Error('OneRouter did not start')
    const fire = createLoad(world.folder)
    const load = { connections: connections.at(-1) ?? 128, seconds: seconds + warmUpSeconds }
    fired = (await fire(own.shot(), load)).requests
  } finally {
    await world.close()
  }
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  if (file === undefined) throw new Error('OneRouter left no profile')
  const path = join(folder, file)
  const profile = JSON.parse(await readFile(path, 'utf8')) as Profile // V8's own format
  console.log(`${fired} payments created; the profile is ${relative(ROOT, path)}\n`)
  for (const [title, costs] of [
    [
      'Own time by function',
      costsOf(
        profile,
        ({ functionName, url, lineNumber }) =>
          `${functionName || '(anonymous)'} ${short(url)}:${lineNumber + 1}`,
      ),
    ],
    [
      'Own time by package or folder',
      costsOf(profile, ({ url, functionName }) => folderOf(url) || functionName),
    ],
  ] as const) {
    console.log([`${title}:`, ...table(['share', 'what'], costs)].join('\n'), '\n')
  }
}

function costsOf(
  profile: Profile,
  name: (frame: Profile['nodes'][number]['callFrame']) => string,
): string[][] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, name(callFrame)]))
  const totals = new Map<string, number>()
  let all = 0
  // The first half is start and warm-up.
  const from = profile.samples.length >> 1
  for (const [i, id] of profile.samples.entries()) {
    if (i < from) continue
    const what = names.get(id) ?? ''
    if (what.includes('(idle)')) continue
    const deltaUs = profile.timeDeltas[i] ?? 0
    totals.set(what, (totals.get(what) ?? 0) + deltaUs)
    all += deltaUs
  }
  return [...totals]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([what, us]) => [`${((us / all) * 100).toFixed(1)} %`, what])
}

const short = (url: string): string => relative(ROOT, url.replace(/^file:\/\//, ''))

function folderOf(url: string): string {
  const path = short(url)
  return (
    /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ??
    /^(?:apps|packages)\/[^/]+\/src\/[^/]+/.exec(path)?.[0] ??
    path
  )
}
