import { type Aim, checkTables, playRounds, problemsOf } from './cells.ts'
import { figure, paired, show } from './figures.ts'
import { createLoad, type Fired, type Load, type Shot } from './load.ts'
import { parseOptions } from './options.ts'
import { machine, SOUND, table, writeSection } from './report.ts'
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
    const base = compared[0]?.name ?? ''
    const rows = options.connections.flatMap((connections) =>
      compared.map(({ name: subject }) => {
        const where = { connections, delayMs: 0 }
        const like = { subject, ...where }
        return [
          subject,
          String(connections),
          show(figure(cells, like, 'perSecond'), 0),
          show(paired(cells, subject, base, where, 'perSecond')),
          show(figure(cells, like, 'p50Ms')),
          show(figure(cells, like, 'p99Ms'), 1),
          show(figure(cells, like, 'serverMs'), 0),
          show(figure(cells, like, 'databaseMs'), 0),
        ]
      }),
    )
    const head = ['what', 'connections', 'requests/s', `× ${base}`, 'p50 ms', 'p99 ms']
    const problems = [...problemsOf(cells), ...(await checkTables(world))]
    const lines = [
      machine(cells),
      '',
      ...table([...head, 'server CPU ms per 1,000', 'PostgreSQL CPU ms per 1,000'], rows),
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
