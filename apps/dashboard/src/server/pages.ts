import next from 'next'
import type { Pages } from './server.ts'

/** The production server of Next.js over a finished build. Loading it costs memory: only the first page does. */
export async function openPages(root: string): Promise<Pages> {
  const app = next({ dev: false, dir: root, quiet: true })
  await app.prepare()
  const handle = app.getRequestHandler()
  return (incoming, outgoing) => handle(incoming, outgoing)
}
