/** Ends what this process started, should this process end first, however it ends. */
import { spawn } from 'node:child_process'

export interface Reaper {
  born(pid: number): void
  gone(pid: number): void
  /** Everything it still knows is left alone. */
  dismiss(): void
}

/**
 * Waits on a pipe, which the system closes when its writer dies. SIGKILL, because a program that is frozen, or is just
 * starting, hears nothing else.
 */
const script = `
pids=
while read -r verb pid; do
  case $verb in
    born) pids="$pids $pid" ;;
    gone) left=; for one in $pids; do [ "$one" = "$pid" ] || left="$left $one"; done; pids=$left ;;
    dismiss) exit 0 ;;
  esac
done
for one in $pids; do kill -KILL "$one" 2>/dev/null; done
[ "$#" -gt 0 ] && rm -rf -- "$@"
exit 0
`

/** Folders go with the processes. A session of its own: what ends a whole process group must not end it, too. */
export function startReaper(folders: readonly string[]): Reaper {
  const shell = spawn('/bin/sh', ['-c', script, 'chaos-reaper', ...folders], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Without a shell nobody reaps; the run itself is none the worse.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  shell.unref()
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref()
  const tell = (line: string): void => void shell.stdin.write(`${line}\n`)
  return {
    born: (pid) => tell(`born ${pid}`),
    gone: (pid) => tell(`gone ${pid}`),
    dismiss: () => void shell.stdin.end('dismiss\n'),
  }
}
