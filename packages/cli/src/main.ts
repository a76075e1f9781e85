#!/usr/bin/env node
/** The `onerouter` command: composition only. Reads the process's surroundings and hands them to a command. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lineSplitter, readable } from './dev/log-line.ts'
import { type DevWorld, runDev } from './dev/run.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const colours = process.stderr.isTTY && !process.env.NO_COLOR

const commands = {
  dev: { help: 'runs everything: PostgreSQL, the API, the provider sandbox, the dashboard', run: dev },
} satisfies Record<string, { help: string; run: () => Promise<number> }>

async function main(): Promise<number> {
  const [name = 'help'] = process.argv.slice(2)
  if (Object.hasOwn(commands, name)) {
    // Object.hasOwn has just shown that the name is a key of the table.
    return commands[name as keyof typeof commands].run()
  }
  const list = Object.entries(commands).map(([known, { help }]) => `  ${known.padEnd(8)} ${help}`)
  const asked = ['help', '--help', '-h'].includes(name)
  const text = ['Usage: onerouter <command>', '', ...list].join('\n')
  if (asked) console.log(text)
  else console.error(`Unknown command "${name}".\n\n${text}`)
  return asked ? 0 : 2
}

async function dev(): Promise<number> {
  const file = join(root, '.env')
  // Variables that are already set win over the file.
  if (existsSync(file)) process.loadEnvFile(file)
  const raw = process.env.ENVIRONMENT === 'production'
  const world: DevWorld = {
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
  return runDev(world)
}

const shades: Readonly<Record<string, number>> = { onerouter: 36, api: 32, sandbox: 35, dashboard: 34 }

function write(name: string, text: string): void {
  const label = name.padEnd(9)
  const prefix = colours ? `\u001b[${shades[name] ?? 37}m${label}\u001b[0m` : label
  lineSplitter((line) => process.stderr.write(`${prefix} | ${line}\n`))(`${text}\n`)
}

/** One Ctrl-C arrives several times (terminal, npm and our own front door each send it): repeats are one wish. */
const repeatMs = 700

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const ask = () => {
      if (first === undefined) {
        first = performance.now()
        write('onerouter', 'Stopping; Ctrl-C again stops at once.')
        resolve()
      } else if (performance.now() - first > repeatMs) {
        // The lifelines end the programs, the guard ends PostgreSQL.
        process.exit(130)
      }
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
    process.once('disconnect', ask)
  })
}

// A closed terminal must not keep the programs from being stopped.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
process.exit(await main())
