/** Reading one payment and a page of them: `npm run bench -- reads`, next to creates of the same server in the same rounds. */

import { measureBeside } from './beside.ts'
import type { Aim } from './cells.ts'
import { creating, request } from './create.ts'
import type { Running } from './world.ts'

const READ = 500

export async function run(args: readonly string[]): Promise<void> {
  let ids: readonly string[] = []
  await measureBeside('reads', 'Reads', args, {
    prepare: async (running, fire) => {
      await fire(creating(running).shot(), { connections: 8, seconds: 2 })
      ids = await running.ids(READ)
    },
    aims: (running) => [
      { ...creating(running), name: 'create' },
      reading(running, 'GET by id', '/v1/payments/{id}', () => ids),
      reading(running, 'GET list', '/v1/payments?limit=20', () => ids),
    ],
  })
}

const reading = (running: Running, name: string, path: string, ids: () => readonly string[]): Aim => ({
  name,
  running,
  callsPerAnswer: 0,
  shot: () => ({
    port: running.port,
    template: request('GET', path, running),
    from: 0,
    modulo: 0,
    ids: ids(),
  }),
})
