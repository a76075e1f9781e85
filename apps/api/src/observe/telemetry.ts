import type { Config } from '../config.ts'
import type { Counter, Family } from './registry.ts'
import type { Spans } from './spans.ts'

/** Traces and metrics on their way to a collector, over OTLP. Nothing waits for it. */
export interface Telemetry {
  readonly spans: Spans
  /** What `/metrics` shows is sent now and again as well. */
  export(families: () => Promise<readonly Family[]>): void
  /** Sends what is waiting, for as long as `FLUSH_MS`; what has not arrived by then is given up. */
  stop(): Promise<void>
}

export interface TelemetryWorld {
  readonly version: string
  readonly role: string
  /** Names this process among those of the installation. */
  readonly instance: string
  readonly now: () => number
  /** Calls once, that much later, unless it is canceled by the function it answers. */
  readonly after: (ms: number, call: () => void) => () => void
  readonly failures: Counter
  readonly log: { warn(fields: object, message: string): void }
}

/** The packages are loaded here, by those who asked for them. */
export async function startTelemetry(
  config: NonNullable<Config['telemetry']>,
  world: TelemetryWorld,
): Promise<Telemetry> {
  const { openTelemetry } = await import('./otlp.ts')
  return openTelemetry(config, world)
}
