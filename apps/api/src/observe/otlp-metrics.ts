import { type HrTime, ValueType } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type HistogramMetricData,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { Family, Sample } from './registry.ts'

type Histogram = HistogramMetricData['dataPoints'][number]['value']

/** The families of `/metrics`, by the same names, so that rules and dashboards hold for both. */
export function metricProducer(
  resource: Resource,
  families: () => Promise<readonly Family[]>,
  now: () => number,
): MetricProducer {
  return {
    async collect() {
      const endTime = hrTime(now())
      const metrics = (await families()).map((family) => metricOf(family, endTime))
      return {
        resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'onerouter' }, metrics }] },
        errors: [],
      }
    },
  }
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.floor((ms % 1_000) * 1e6)]
/** Counters begin with their process. */
const startTime = hrTime(performance.timeOrigin)

function metricOf(family: Family, endTime: HrTime): MetricData {
  const { name, help, type, samples } = family
  const common = {
    // The unit is in the name: said again, a collector would write it twice.
    descriptor: { name, description: help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  const at = { startTime, endTime }
  const numbers = (): DataPoint<number>[] =>
    samples.map(({ labels, value }) => ({ ...at, attributes: labels, value }))
  switch (type) {
    case 'counter':
      return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: numbers() }
    case 'gauge':
      return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: numbers() }
    case 'histogram':
      return {
        ...common,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: histograms(samples).map((one) => ({ ...at, ...one })),
      }
  }
}

/** A series is written as its buckets, each with all before it, then `_sum`, then `_count`. */
function histograms(samples: readonly Sample[]) {
  const points: { readonly attributes: Sample['labels']; readonly value: Histogram }[] = []
  let boundaries: number[] = []
  let counts: number[] = []
  let before = 0
  let sum = 0
  for (const { suffix, labels, value } of samples) {
    if (suffix === '_bucket') {
      counts.push(value - before)
      before = value
      if (labels.le !== '+Inf') boundaries.push(Number(labels.le))
    }
    if (suffix === '_sum') sum = value
    if (suffix !== '_count') continue
    points.push({ attributes: labels, value: { buckets: { boundaries, counts }, sum, count: value } })
    boundaries = []
    counts = []
    before = 0
  }
  return points
}
