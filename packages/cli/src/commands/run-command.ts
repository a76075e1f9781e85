/** One run of `onerouter`: find the command, read its words, do it, explain what went wrong. */
import { type CommandError, EXIT, usageError, type World } from './command.ts'
import { errorLine, explain } from './explain.ts'
import { commandHelp, overview } from './help.ts'
import { findCommand, parse } from './parse.ts'

/** Answers with the exit code. Results go to standard output, everything else to standard error. */
export async function runCommand(words: readonly string[], world: World): Promise<number> {
  const json = words.includes('--json')
  try {
    return await dispatch(words, world)
  } catch (error) {
    const explained = explain(error)
    world.note(errorLine(explained, json))
    if (explained.exit === EXIT.usage && !json) world.note(hint(words, world))
    return explained.exit
  }
}

async function dispatch(words: readonly string[], world: World): Promise<number> {
  const [first] = words
  if (first === undefined || ['help', '--help', '-h'].includes(first)) return help(words.slice(1), world)
  const found = findCommand(world.commands, words)
  if (found === undefined) throw unknownCommand(words, world)
  const invocation = parse(found.command, found.rest, world)
  if (!invocation.flag('help')) return found.command.run(invocation)
  world.out(commandHelp(found.command))
  return EXIT.ok
}

/** `onerouter help listen` is `onerouter listen --help`. */
function help(words: readonly string[], world: World): number {
  const found = findCommand(world.commands, words)
  world.out(found === undefined ? overview(world.commands) : commandHelp(found.command))
  return EXIT.ok
}

function unknownCommand(words: readonly string[], world: World): CommandError {
  const family = world.commands.filter(({ name }) => name.startsWith(`${words[0]} `))
  if (family.length > 0) return usageError(`There is: ${family.map(({ name }) => name).join(', ')}.`)
  return usageError(`Unknown command "${words[0]}".`)
}

function hint(words: readonly string[], world: World): string {
  const found = findCommand(world.commands, words)
  return found === undefined
    ? `Commands: ${world.commands.map(({ name }) => name).join(', ')}. See onerouter --help.`
    : `See onerouter ${found.command.name} --help.`
}
