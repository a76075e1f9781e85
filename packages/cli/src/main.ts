#!/usr/bin/env node
/** The `onerouter` command: composition only. Reads the process's surroundings and hands them to a command. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command, World } from './commands/command.ts'
import { dev as devCommand } from './commands/dev.ts'
import { runCommand } from './commands/run-command.ts'
import { lineSplitter, readable } from './dev/log-line.ts'
import { type DevWorld, runDev } from './dev/run.ts'
import { onStopWish, surroundings } from './surroundings.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const colours = process.stderr.isTTY && !process.env.NO_COLOR

const envFile = join(root, '.env')
// Variables that are already set win over the file.
if (existsSync(envFile)) process.loadEnvFile(envFile)

const words = process.argv.slice(2)

/** Stops of everything but `dev`, which stops in an order of its own. */
const stop = new AbortController()

const world: World = {
  ...surroundings(stop.signal),
  commands: await commandsFor(words),
  root,
  nodeFrom: 24,
  dev,
  run: runProgram,
}

/** `npm start` waits for nothing that only the other commands need. */
async function commandsFor(said: readonly string[]): Promise<readonly Command[]> {
  if (said.length === 1 && said[0] === devCommand.name) return [devCommand]
  return (await import('./commands/table.ts')).COMMANDS
}

async function dev(): Promise<number> {
  const raw = process.env.ENVIRONMENT === 'production'
  const devWorld: DevWorld = {
    root,
    env: process.env,
    now: () => performance.now(),
    uptimeMs: () => process.uptime() * 1000,
    say: (line) => write('onerouter', line),
    // Production logs are for machines: they pass through as they are.
    line: (name, line) => (raw ? process.stderr.write(`${line}\n`) : write(name, readable(line))),
    show: (text) => process.stdout.write(`${text}\n`),
    stopAsked: stopAsked(),
    reference: randomBytes(4).toString('hex'),
  }
  return runDev(devWorld)
}

const shades: Readonly<Record<string, number>> = { onerouter: 36, api: 32, sandbox: 35, dashboard: 34 }

function write(name: string, text: string): void {
  const label = name.padEnd(9)
  const prefix = colours ? `\u001b[${shades[name] ?? 37}m${label}\u001b[0m` : label
  lineSplitter((line) => process.stderr.write(`${prefix} | ${line}\n`))(`${text}\n`)
}

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    const first = () => {
      write('onerouter', 'Stopping; Ctrl-C again stops at once.')
      resolve()
    }
    // The lifelines end the programs, the guard ends PostgreSQL.
    onStopWish(first, () => process.exit(130))
  })
}

function runProgram(file: string, args: readonly string[], env: World['env']) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    const child = spawn(process.execPath, [join(root, file), ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
    stop.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  })
}

// A closed terminal must not keep the programs from being stopped.
process.stdout.on('error', () => stop.abort())
process.stderr.on('error', () => undefined)
if (words[0] !== 'dev') {
  onStopWish(
    () => stop.abort(),
    () => process.exit(130),
  )
}
process.exit(await runCommand(words, world))
