/**
 * A key that was used before is answered again: `npm run bench -- replay`, next to creates of the same server in the same
 * rounds. Options as for `create`.
 */

import { measureBeside } from './beside.ts'
import type { Aim } from './cells.ts'
import { createRequest, creating } from './create.ts'
import type { Running } from './world.ts'

/** Few enough that all of them were created in the warm-up. */
const KEYS = 50

export function run(args: readonly string[]): Promise<void> {
  return measureBeside('replay', 'Idempotent replay', args, {
    prepare: async (running, fire) => {
      const shot = { port: running.port, template: createRequest(running), from: 0, modulo: KEYS, ids: [] }
      await fire(shot, { connections: 4, seconds: 2 })
    },
    aims: (running) => [{ ...creating(running), name: 'create' }, replaying(running)],
  })
}

const replaying = (running: Running): Aim => ({
  name: 'replay',
  running,
  callsPerAnswer: 0,
  shot: () => ({ port: running.port, template: createRequest(running), from: 0, modulo: KEYS, ids: [] }),
})
