import type { Command } from './command.ts'
import { connectProvider } from './connect-provider.ts'
import { doctor } from './doctor.ts'
import { keysCreate } from './keys.ts'
import { listen } from './listen.ts'
import { logsTail } from './logs-tail.ts'
import { mcp } from './mcp.ts'
import { eventsResend } from './resend.ts'
import { trigger } from './trigger.ts'

/** The commands that need no clone: they talk to a OneRouter wherever it runs. */
export const ELSEWHERE: readonly Command[] = [
  listen,
  trigger,
  eventsResend,
  logsTail,
  connectProvider,
  doctor,
  keysCreate,
  mcp,
]
