/** A run that starts a process, freezes it, tells its id, and waits to be killed. */
import { startReaper } from './reaper.ts'
import { supervise } from './supervised.ts'

const IDLE = `process.send({ ready: true }); setInterval(() => undefined, 1_000)`

const reaper = startReaper([])
const idle = supervise({ name: 'idle', args: ['-e', IDLE], env: {} }, () => undefined, reaper)
await idle.whenReady()
idle.signal('SIGSTOP')
process.send?.({ pid: idle.pid() })
