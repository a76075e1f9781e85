/** Finds a Chromium for the browser tests; the suite never downloads one. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The engine without the browser around it: the same pages for half of the work. */
const shells = ['chromium-headless-shell', 'chrome-headless-shell', 'headless_shell']
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const wellKnown = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The browser's path: `CHROMIUM_PATH`, else the first one found on the machine. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && named !== '') return named
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const inPath = (wanted: readonly string[]) =>
    wanted.flatMap((name) => folders.map((folder) => join(folder, name)))
  // What a distribution puts in the path is a script with options for people in front of the program.
  return [...inPath(shells), '/usr/lib/chromium/chromium', ...inPath(names), ...wellKnown].find((path) =>
    existsSync(path),
  )
}
