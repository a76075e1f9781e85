/**
 * A tiny shell process that outlives a killed supervisor just long enough to stop PostgreSQL. It waits on a
 * pipe: the system closes it when this process dies, however it dies. A line on the pipe sends it home.
 */
import { spawn } from 'node:child_process'

const script = `
read -r word
[ "$word" = done ] && exit 0
server=$1
shift
kill -INT "$server" 2>/dev/null
tries=0
while kill -0 "$server" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
[ "$#" -gt 0 ] && rm -rf -- "$@"
exit 0
`

/** Guards the server with this process id, and deletes the folders after its end; answers with the way to dismiss the guard. */
export function armGuard(pid: number, deleteAfter: readonly string[]): () => void {
  if (process.platform === 'win32') return () => undefined
  const guard = spawn('/bin/sh', ['-c', script, 'onerouter-guard', String(pid), ...deleteAfter], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref()
  return () => guard.stdin.end('done\n')
}
