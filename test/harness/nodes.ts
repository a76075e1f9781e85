/** The Node this runs on, and the machine's own, which may be the oldest that the packages promise. */
import { spawnSync } from 'node:child_process'

export function machineNodes(): readonly string[] {
  const path = (process.env.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'))
  const which = spawnSync('sh', ['-c', 'command -v node'], {
    env: { PATH: path.join(':') },
    encoding: 'utf8',
  })
  const own = which.stdout.trim()
  return own === '' ? [process.execPath] : [process.execPath, own]
}
