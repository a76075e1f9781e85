import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly failed: boolean
}

export interface ReceivedPoint {
  readonly name: string
  readonly labels: Readonly<Record<string, unknown>>
  /** Of counters and gauges. */
  readonly value: number | undefined
  readonly histogram: { readonly count: number; readonly sum: number; readonly buckets: readonly number[] }
}

/** Takes OTLP over HTTP as JSON, as a collector does, and keeps it. */
export interface Collector {
  readonly url: string
  /** Every body, as it came. */
  readonly bodies: string[]
  readonly headers: IncomingHttpHeaders[]
  readonly spans: ReceivedSpan[]
  /** Of the newest export. */
  readonly points: ReceivedPoint[]
  /** How it answers; 200 until a test says otherwise. */
  status: number
  close(): Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const kept: Omit<Collector, 'url' | 'close'> = {
    bodies: [],
    headers: [],
    spans: [],
    points: [],
    status: 200,
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    if (kept.status === 200) {
      kept.bodies.push(body)
      kept.headers.push(request.headers)
      if (request.url === '/v1/traces') kept.spans.push(...spansIn(body))
      if (request.url === '/v1/metrics') kept.points.splice(0, Number.POSITIVE_INFINITY, ...pointsIn(body))
    }
    response.writeHead(kept.status, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP listener has no other kind
  return Object.assign(kept, {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

// What follows is the JSON of OTLP 1: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string
        readonly spanId: string
        readonly parentSpanId?: string
        readonly name: string
        readonly attributes?: readonly Attribute[]
        readonly status?: { readonly code?: number }
      }[]
    }[]
  }[]
}

interface Points {
  readonly dataPoints: readonly {
    readonly attributes?: readonly Attribute[]
    readonly asDouble?: number
    readonly asInt?: number | string
    readonly count?: number | string
    readonly sum?: number
    readonly bucketCounts?: readonly (number | string)[]
  }[]
}

interface Metrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string
        readonly sum?: Points
        readonly gauge?: Points
        readonly histogram?: Points
      }[]
    }[]
  }[]
}

function factsOf(attributes: readonly Attribute[] = []): Record<string, unknown> {
  const plain = attributes.map(({ key, value }) => {
    const [kind, inner] = Object.entries(value)[0] ?? []
    return [key, kind === 'intValue' ? Number(inner) : inner]
  })
  return Object.fromEntries(plain)
}

function spansIn(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as Traces // the exporter under test wrote it
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map((span) => ({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: span.name,
      facts: factsOf(span.attributes),
      failed: span.status?.code === 2,
    }))
}

function pointsIn(body: string): ReceivedPoint[] {
  const { resourceMetrics } = JSON.parse(body) as Metrics // the exporter under test wrote it
  return resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ name, sum, gauge, histogram }) =>
      [sum, gauge, histogram].flatMap((points) =>
        (points?.dataPoints ?? []).map((point) => ({
          name,
          labels: factsOf(point.attributes),
          value: point.asDouble ?? (point.asInt === undefined ? undefined : Number(point.asInt)),
          histogram: {
            count: Number(point.count ?? 0),
            sum: point.sum ?? 0,
            buckets: (point.bucketCounts ?? []).map(Number),
          },
        })),
      ),
    )
}
