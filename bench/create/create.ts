/**
 * Creating payments, next to handlers that do less: `npm run bench -- create`. With `--write` the figures go to
 * docs/benchmarks.md; --subjects, --connections, --delays, --rounds and --seconds make it smaller.
 */
import { type Aim, checkTables, type Measured, playRounds, problemsOf } from './cells.ts'
import { figure, paired, show } from './figures.ts'
import { createLoad, hasWrk, offer, type Shot } from './load.ts'
import { type Options, parseOptions } from './options.ts'
import { machine, SOUND, table, writeSection } from './report.ts'
import { openWorld, type Running } from './world.ts'

export async function run(args: readonly string[]): Promise<void> {
  const options = parseOptions(args)
  const world = await openWorld({ subjects: options.subjects })
  try {
    const aims = world.subjects.map((running) => creating(running))
    const cells = await playRounds(world, aims, createLoad(world.folder), options)
    const own = aims.find(({ name }) => name === 'onerouter')
    const lines = [
      ...reportOf(cells, options),
      ...(own === undefined || options.offerSeconds === 0 ? [] : await offered(own, world, options)),
    ]
    const problems = [...problemsOf(cells), ...(await checkTables(world))]
    lines.push('', problems.length === 0 ? SOUND : problems.join('\n'))
    console.log(lines.join('\n'))
    if (options.write) await writeSection('create', ['## Creating a payment', '', ...lines])
    if (problems.length > 0) process.exitCode = 1
  } finally {
    await world.close()
  }
}

/** Every request has an idempotency key and a receipt of its own. */
export function creating(running: Running): Aim {
  let from = 0
  return {
    name: running.name,
    running,
    callsPerAnswer: 1,
    shot() {
      // Further than any cell gets, so that no number is used twice.
      from += 1_000_000
      return { port: running.port, template: createRequest(running), from, modulo: 0, ids: [] }
    },
  }
}

export function createRequest(running: Running): string {
  const body = '{"amount_minor":4999,"currency":"USD","provider":"stripe","receipt":"order-{n}"}'
  return request('POST', '/v1/payments', running, { 'idempotency-key': 'bench-{n}' }, body)
}

export function request(
  method: string,
  path: string,
  { port, apiKey }: Pick<Running, 'port' | 'apiKey'>,
  more: Readonly<Record<string, string>> = {},
  body = '',
): string {
  // A number has eight digits where its mark has three.
  const length = Buffer.byteLength(body) + (body.includes('{n}') ? 5 : 0)
  const headers = {
    host: `127.0.0.1:${port}`,
    authorization: `Bearer ${apiKey}`,
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(length) }),
    ...more,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

function reportOf(cells: readonly Measured[], options: Options): string[] {
  const lines = [
    `${machine(cells)} Load generator: ${hasWrk() ? 'wrk' : 'our own client'}. ${options.rounds} rounds of ${options.seconds} s; medians, range in brackets.`,
  ]
  for (const delayMs of options.delays) {
    for (const connections of options.connections) {
      const where = { connections, delayMs }
      const rows = options.subjects.map((subject) => {
        const like = { subject, ...where }
        const over = (rival: string): string =>
          options.subjects.includes(rival as never)
            ? show(paired(cells, subject, rival, where, 'perSecond'))
            : '' // a name that is not there is not found
        return [
          subject,
          show(figure(cells, like, 'perSecond'), 0),
          over('floor-naive'),
          over('floor-batched'),
          over('diy'),
          show(figure(cells, like, 'p50Ms')),
          show(figure(cells, like, 'p99Ms'), 1),
          show(figure(cells, like, 'serverMs'), 0),
          show(figure(cells, like, 'databaseMs'), 0),
        ]
      })
      lines.push(
        '',
        `### ${connections} connection${connections === 1 ? '' : 's'}, provider answers ${delayMs === 0 ? 'at once' : `after ${delayMs} ms`}`,
        '',
      )
      const head = [
        'subject',
        'requests/s',
        '× naive',
        '× batched',
        '× diy',
        'p50 ms',
        'p99 ms',
        'server CPU ms per 1,000',
        'PostgreSQL CPU ms per 1,000',
      ]
      lines.push(...table(head, rows))
    }
  }
  return lines
}

const OFFERED_PER_SECOND = 200

async function offered(
  own: Aim,
  world: { setDelay(ms: number): Promise<void> },
  options: Options,
): Promise<string[]> {
  await world.setDelay(50)
  const shot: Shot = own.shot()
  const result = await offer(shot, OFFERED_PER_SECOND, options.offerSeconds)
  const refused = result.refused + result.broken
  return [
    '',
    `At ${OFFERED_PER_SECOND} requests a second for ${options.offerSeconds} s, provider 50 ms: \`OneRouter-Overhead-Ms\` p50 ${result.overheadP50Ms.toFixed(1)}, p99 ${result.overheadP99Ms.toFixed(1)}; as seen by the caller p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms; ${refused} of ${result.requests} not answered with 2xx.`,
  ]
}
