#!/usr/bin/env node
/**
 * The `onerouter` command as a package of its own, for people who have no clone: it talks to a OneRouter wherever that
 * runs. Composition only; `tools/build-cli.ts` makes one file of it.
 */
import { CommandError, type World } from './commands/command.ts'
import { runCommand } from './commands/run-command.ts'
import { ELSEWHERE } from './commands/table-elsewhere.ts'
import { onStopWish, surroundings } from './surroundings.ts'

const stop = new AbortController()
const needsClone = () => Promise.reject(new CommandError('This needs a clone of OneRouter.'))

const world: World = {
  ...surroundings(stop.signal),
  commands: ELSEWHERE,
  root: process.cwd(),
  nodeFrom: 20,
  dev: needsClone,
  run: needsClone,
}

process.stdout.on('error', () => stop.abort())
onStopWish(
  () => stop.abort(),
  () => process.exit(130),
)
process.exit(await runCommand(process.argv.slice(2), world))
