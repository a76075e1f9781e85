import type { Command } from './command.ts'
import { dev } from './dev.ts'
import { migrate } from './migrate.ts'
import { ELSEWHERE } from './table-elsewhere.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [dev, ...ELSEWHERE, migrate]
