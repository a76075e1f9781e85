/** Help texts, and the part of the guide that is made from the same table. */
import { type Command, EXIT_MEANINGS, type Option } from './command.ts'
import { COMMON_OPTIONS } from './parse.ts'

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'Usage: onerouter <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'onerouter <command> --help says more about one of them.',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  return [
    `Usage: onerouter ${usage(command)}`,
    '',
    `${capital(command.summary)}.`,
    ...command.details.flatMap((paragraph) => ['', paragraph]),
    ...section('Options', optionLines({ ...command.options, ...COMMON_OPTIONS })),
    ...section(
      'Examples',
      command.examples.map((example) => `  onerouter ${example}`),
    ),
  ].join('\n')
}

/** docs/reference/cli.md. */
export function renderCommands(commands: readonly Command[]): string {
  const rows = commands.map(
    ({ name, summary }) => `| [\`${name}\`](#${name.replace(/ /g, '-')}) | ${summary} |`,
  )
  const chapters = commands.flatMap((command) => [
    '',
    `## ${command.name}`,
    '',
    `\`onerouter ${usage(command)}\``,
    '',
    `${capital(command.summary)}.`,
    ...command.details.flatMap((paragraph) => ['', paragraph]),
    ...(Object.keys(command.options).length === 0 ? [] : ['', ...optionTable(command.options)]),
    ...(command.examples.length === 0
      ? []
      : ['', '```sh', ...command.examples.map((example) => `npx onerouter ${example}`), '```']),
  ])
  return [
    '<!-- Made by `npm run gen`. -->',
    '# The command',
    '',
    'In a clone it is `npx onerouter`; elsewhere `npx @onerouter/cli`, which has everything but `dev` and `migrate`.',
    'It talks to the OneRouter of this clone, or to the one that `ONEROUTER_BASE_URL` and `ONEROUTER_API_KEY` name.',
    '',
    '| command | |',
    '|---|---|',
    ...rows,
    '',
    'Every command also takes:',
    '',
    ...optionTable(COMMON_OPTIONS),
    '',
    '| exit code | |',
    '|---|---|',
    ...Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    ...chapters,
    '',
  ].join('\n')
}

function usage({ name, args, options }: Command): string {
  const known = Object.keys(options).length > 0 ? ['[options]'] : []
  return [name, ...args, ...known].join(' ')
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  const rows = Object.entries(options).map(([name, { value, help }]) => [spelled(name, value), help] as const)
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`)
}

function optionTable(options: Readonly<Record<string, Option>>): string[] {
  const rows = Object.entries(options).map(
    ([name, { value, help }]) => `| \`${spelled(name, value)}\` | ${help.replaceAll('|', '\\|')} |`,
  )
  return ['| option | |', '|---|---|', ...rows]
}

function spelled(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines]
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
