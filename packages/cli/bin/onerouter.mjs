#!/usr/bin/env node
/**
 * `npx onerouter …`: runs on any Node from 20 on. The program itself is TypeScript for the pinned Node, so an older
 * one, or a clone where something is missing, goes through the front door of `npm run`.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)
const PINNED_MAJOR = 24
const major = Number.parseInt(process.versions.node, 10)
const installed = existsSync(new URL('node_modules/.onerouter-installed', root))

if (major >= PINNED_MAJOR && installed) {
  // Compiled once, kept: TypeScript run from source then starts twice as fast.
  module.enableCompileCache?.(fileURLToPath(new URL('node_modules/.cache/node-compile', root)))
  await import('../src/main.ts')
} else {
  const frontDoor = fileURLToPath(new URL('tools/bootstrap.mjs', root))
  const child = spawn(process.execPath, [frontDoor, 'onerouter', ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  })
}
