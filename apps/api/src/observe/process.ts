import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Family } from './registry.ts'

export interface PoolCounts {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

export interface ProcessFacts {
  readonly version: string
  readonly role: string
  readonly pools: Readonly<Record<string, PoolCounts>>
  /** Lines of logs that were given up because the database could not keep up, by log. */
  readonly dropped: Readonly<Record<string, () => number>>
}

const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Family => ({
  name,
  help,
  type,
  samples: [{ labels: {}, value }],
})

/** Facts about this process, under the names every Prometheus client uses. */
export function processFamilies(facts: ProcessFacts): () => readonly Family[] {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  return () => {
    const { user, system } = process.cpuUsage()
    const memory = process.memoryUsage()
    const lagSeconds = Number.isNaN(delay.mean) ? 0 : delay.percentile(99) / 1e9
    delay.reset()
    return [
      one('process_cpu_seconds_total', 'counter', 'Processor time of the process', (user + system) / 1e6),
      one('process_resident_memory_bytes', 'gauge', 'Resident memory', memory.rss),
      one('nodejs_heap_used_bytes', 'gauge', 'Heap in use', memory.heapUsed),
      one('nodejs_eventloop_lag_p99_seconds', 'gauge', 'Event loop delay since the last scrape', lagSeconds),
      one(
        'process_start_time_seconds',
        'gauge',
        'Start, Unix time',
        Math.floor(performance.timeOrigin / 1000),
      ),
      {
        name: 'onerouter_build_info',
        help: 'Version and role; always 1',
        type: 'gauge',
        samples: [
          { labels: { version: facts.version, role: facts.role, node: process.versions.node }, value: 1 },
        ],
      },
      {
        name: 'onerouter_database_connections',
        help: 'Connections of the pools, and requests waiting for one',
        type: 'gauge',
        samples: Object.entries(facts.pools).flatMap(([pool, { totalCount, idleCount, waitingCount }]) => [
          { labels: { pool, state: 'used' }, value: totalCount - idleCount },
          { labels: { pool, state: 'idle' }, value: idleCount },
          { labels: { pool, state: 'waiting' }, value: waitingCount },
        ]),
      },
      {
        name: 'onerouter_log_dropped_total',
        help: 'Log rows given up because the database could not keep up',
        type: 'counter',
        samples: Object.entries(facts.dropped).map(([log, dropped]) => ({
          labels: { log },
          value: dropped(),
        })),
      },
    ]
  }
}
