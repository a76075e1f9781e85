import { ExportResultCode } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Config, TelemetryConfig } from '../config.ts'
import { metricProducer } from './otlp-metrics.ts'
import { createSpans } from './otlp-spans.ts'
import type { Family } from './registry.ts'
import type { Telemetry, TelemetryWorld } from './telemetry.ts'

/** Spans that wait to be sent; those that do not fit are given up. */
const QUEUE_MAX = 4_096
const BATCH_MAX = 512
const GATHER_MS = 2_000
const EXPORT_MS = 5_000
export const FLUSH_MS = 5_000
const WARN_EVERY_MS = 60_000

/** Only composition calls it, and only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. No global of the packages is touched. */
export function openTelemetry(config: TelemetryConfig, world: TelemetryWorld): Telemetry {
  const resource = resourceFromAttributes({
    'service.name': config.serviceName,
    'service.version': world.version,
    'service.instance.id': world.instance,
    'onerouter.role': world.role,
  })
  const failed = teller(world)
  const to = (path: string) => ({
    url: `${config.endpoint}${path}`,
    headers: config.headers.reveal(),
    timeoutMillis: EXPORT_MS,
  })
  const traces = new TracerProvider({
    resource,
    sampler: SAMPLERS[config.sampler](config.ratio),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: tellingOfTraces(new OTLPTraceExporter(to('/v1/traces')), failed),
        maxQueueSize: QUEUE_MAX,
        maxExportBatchSize: BATCH_MAX,
        scheduledDelayMillis: GATHER_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  })
  let metrics: MeterProvider | null = null
  return {
    spans: createSpans(traces.getTracer('onerouter', world.version)),
    export(families) {
      const exporter = tellingOfMetrics(new OTLPMetricExporter(to('/v1/metrics')), failed)
      metrics ??= meterProvider(config, resource, exporter, { families, now: world.now })
    },
    async stop() {
      await within(world.after, FLUSH_MS, [traces.shutdown(), metrics?.shutdown()])
    },
  }
}

const SAMPLERS = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
} as const satisfies Record<NonNullable<Config['telemetry']>['sampler'], (ratio: number) => Sampler>

function meterProvider(
  config: TelemetryConfig,
  resource: Resource,
  exporter: PushMetricExporter,
  { families, now }: { readonly families: () => Promise<readonly Family[]>; readonly now: () => number },
): MeterProvider {
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: config.metricIntervalMs,
    exportTimeoutMillis: Math.min(EXPORT_MS, config.metricIntervalMs),
    metricProducers: [metricProducer(resource, families, now)],
  })
  return new MeterProvider({ resource, readers: [reader] })
}

type Failed = (signal: 'traces' | 'metrics', error: Error | undefined) => void

/** Every failure is counted, and one a minute told, without what a collector answered. */
function teller(world: TelemetryWorld): Failed {
  let toldAtMs = Number.NEGATIVE_INFINITY
  return (signal, error) => {
    world.failures.add({ signal })
    if (world.now() - toldAtMs < WARN_EVERY_MS) return
    toldAtMs = world.now()
    world.log.warn({ signal, reason: error?.message.slice(0, 200) }, 'telemetry could not be exported')
  }
}

function tellingOfTraces(exporter: SpanExporter, failed: Failed): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) failed('traces', result.error)
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
}

function tellingOfMetrics(exporter: PushMetricExporter, failed: Failed): PushMetricExporter {
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) failed('metrics', result.error)
        done(result)
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}

/** Waits for all of it, whatever comes of it, and never longer. */
async function within(
  after: TelemetryWorld['after'],
  ms: number,
  work: readonly (Promise<void> | undefined)[],
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = after(ms, resolve)
  await Promise.race([Promise.allSettled(work), promise])
  cancel()
}
