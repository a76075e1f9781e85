import type { Command } from './command.ts'
import { connectProvider } from './connect-provider.ts'
import { dev } from './dev.ts'
import { doctor } from './doctor.ts'
import { keysCreate } from './keys.ts'
import { listen } from './listen.ts'
import { logsTail } from './logs-tail.ts'
import { mcp } from './mcp.ts'
import { migrate } from './migrate.ts'
import { eventsResend } from './resend.ts'
import { trigger } from './trigger.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  dev,
  listen,
  trigger,
  eventsResend,
  logsTail,
  connectProvider,
  doctor,
  keysCreate,
  migrate,
  mcp,
]
