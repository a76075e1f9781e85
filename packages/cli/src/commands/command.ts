/** What a command of `onerouter` is, and the world it runs in. */

/** A part of the outside world each command is given by `main.ts`. */
export interface World {
  /** Every command there is, in the order of the help. */
  readonly commands: readonly Command[]
  /** Folder of the repository; of the package alone, the folder it was called in. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly nodeVersion: string
  /** The oldest major version of Node that it runs on. */
  readonly nodeFrom: number
  /** Milliseconds since 1970. */
  now(): number
  readonly fetch: typeof fetch
  /** Ends early, without an error, when the user asks to stop. */
  sleep(ms: number): Promise<void>
  random(bytes: number): Uint8Array
  /** A line of the result, for standard output. */
  out(line: string): void
  /** A remark for a person, for standard error. */
  note(line: string): void
  /** Asks at the terminal; `undefined` where nobody sits. */
  readonly ask: Ask | undefined
  /** Aborted when the user asks to stop. */
  readonly stop: AbortSignal
  /** Runs everything until asked to stop. */
  dev(): Promise<number>
  /** Runs a program file of the repository with this environment; answers with its exit code and output. */
  run(file: string, args: readonly string[], env: World['env']): Promise<{ code: number; output: string }>
}

export type Ask = (question: string, options: { readonly secret: boolean }) => Promise<string>

/** One option of the command line. */
export interface Option {
  /** What its value is called in the help; absent for a switch. */
  readonly value?: string
  readonly help: string
}

export interface Command {
  /** One word or two: `events resend`. */
  readonly name: string
  readonly summary: string
  /** Positional arguments in the notation of the help, such as `EVENT`. */
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, Option>>
  /** Paragraphs of the help, after its first line. */
  readonly details: readonly string[]
  readonly examples: readonly string[]
  run(invocation: Invocation): Promise<number>
}

/** A parsed command line. */
export interface Invocation {
  readonly world: World
  readonly args: readonly string[]
  /** The value of an option; `undefined` when it was not given. */
  option(name: string): string | undefined
  flag(name: string): boolean
  /** Whether results go out as JSON, one document per line. */
  readonly json: boolean
  /** Prints a result: the data with `--json`, else the text. */
  show(data: object, text: string): void
}

/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not work, or was refused. */
  failed: 1,
  /** The command line is wrong; nothing was tried. */
  usage: 2,
  /** No answer from the API: whether something happened is unknown. */
  unreachable: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_MEANINGS = {
  0: 'done',
  1: 'tried, and it did not work or was refused',
  2: 'the command line is wrong; nothing was tried',
  3: 'the API does not answer; whether something happened is unknown',
} as const satisfies Record<ExitCode, string>

/** Ends a command with a sentence for the user. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exit: ExitCode
  readonly code: string

  constructor(
    message: string,
    { exit = EXIT.failed, code = 'failed' }: { exit?: ExitCode; code?: string } = {},
  ) {
    super(message)
    this.exit = exit
    this.code = code
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(message, { exit: EXIT.usage, code: 'usage' })
}
