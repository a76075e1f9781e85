/** From the words of a command line to a command and its values. */
import { parseArgs } from 'node:util'
import { type Command, type Invocation, type Option, usageError, type World } from './command.ts'

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  'api-key': { value: 'KEY', help: 'the API key; else ONEROUTER_API_KEY, else the demo key of this clone' },
  'base-url': { value: 'URL', help: 'the API; else ONEROUTER_BASE_URL, else the one `npm start` runs here' },
  json: { help: 'results as JSON, one document per line; errors too' },
  help: { help: 'this text' },
}

/** The command that the first one or two words name, and the words after them. */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const command = commands.find((known) => known.name === name)
    if (command !== undefined) return { command, rest: words.slice(length) }
  }
  return undefined
}

/** @throws CommandError when an option is unknown, lacks its value, or words are missing or too many. */
export function parse(command: Command, words: readonly string[], world: World): Invocation {
  const values = readOptions(command, words)
  const wanted = command.args.filter((name) => !name.startsWith('['))
  if (values.positionals.length < wanted.length && values.values.help !== true) {
    throw usageError(`${wanted[values.positionals.length]} is missing.`)
  }
  if (values.positionals.length > command.args.length) {
    throw usageError(`"${values.positionals[command.args.length]}" is one word too many.`)
  }
  const json = values.values.json === true
  return {
    world,
    args: values.positionals,
    option(name) {
      const value = values.values[name]
      return typeof value === 'string' ? value : undefined
    },
    flag: (name) => values.values[name] === true,
    json,
    show: (data, text) => world.out(json ? JSON.stringify(data) : text),
  }
}

function readOptions(command: Command, words: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(([name, { value }]) => {
      const type = value === undefined ? ('boolean' as const) : ('string' as const)
      return [name, { type, ...(name === 'help' && { short: 'h' }) }]
    }),
  )
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw usageError(text.split('. ')[0]?.replace(/\.?$/, '.') ?? text)
  }
}

/** Whole number options, such as a rate limit. @throws CommandError */
export function wholeNumber({ option }: Invocation, name: string): number | undefined {
  const text = option(name)
  if (text === undefined) return undefined
  if (!/^\d{1,12}$/.test(text)) throw usageError(`--${name} must be a whole number, not "${text}".`)
  return Number.parseInt(text, 10)
}

/** One of a closed set of words. @throws CommandError naming them all. */
export function oneOf<T extends string>(what: string, text: string, known: readonly T[]): T {
  const found = known.find((word) => word === text)
  if (found === undefined) throw usageError(`${what} must be one of ${known.join(', ')}, not "${text}".`)
  return found
}

/** A comma-separated list; `undefined` when the option was not given. */
export function listOption({ option }: Invocation, name: string): readonly string[] | undefined {
  const words = option(name)
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (words?.length === 0) throw usageError(`--${name} is empty.`)
  return words
}
