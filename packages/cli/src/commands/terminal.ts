/** Questions at the terminal. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Ask } from './command.ts'

/** `undefined` unless a person sits at both ends. What is secret is not shown while it is typed. */
export function terminalAsk(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined
  return async (question, { secret }) => {
    output.write(question)
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input, output: secret ? silent : output, terminal: true })
    try {
      return await lines.question('')
    } finally {
      lines.close()
      if (secret) output.write('\n')
    }
  }
}
