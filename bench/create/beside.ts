import { type Aim, checkTables, playRounds, problemsOf } from './cells.ts'
import { comparison } from './comparison.ts'
import { createLoad, type Fired, type Load, type Shot } from './load.ts'
import { parseOptions } from './options.ts'
import { machine, SOUND, writeSection } from './report.ts'
import { openWorld, type Running } from './world.ts'

interface Beside {
  prepare(running: Running, fire: (shot: Shot, load: Load) => Promise<Fired>): Promise<void>
  /** What is compared; the first of them is what the others are measured by. */
  aims(running: Running): readonly Aim[]
}

/** Kinds of requests to OneRouter alone, side by side. */
export async function measureBeside(
  name: string,
  title: string,
  args: readonly string[],
  { prepare, aims }: Beside,
): Promise<void> {
  const options = { ...parseOptions(args), delays: [0] }
  const world = await openWorld({ subjects: ['onerouter'] })
  try {
    const [running] = world.subjects
    if (running === undefined) throw new Error('OneRouter did not start')
    const fire = createLoad(world.folder)
    await prepare(running, fire)
    const compared = aims(running)
    const cells = await playRounds(world, compared, fire, options)
    const problems = [...problemsOf(cells), ...(await checkTables(world))]
    const lines = [
      machine(cells),
      '',
      ...comparison(cells, {
        what: 'what',
        per: 'requests/s',
        subjects: compared.map((aim) => aim.name),
        connections: options.connections,
      }),
      '',
      ...(problems.length === 0 ? [SOUND] : problems),
    ]
    console.log(lines.join('\n'))
    if (options.write) await writeSection(name, [`## ${title}`, '', ...lines])
    if (problems.length > 0) process.exitCode = 1
  } finally {
    await world.close()
  }
}
