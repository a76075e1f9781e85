import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import type { BegunSpan, OpenSpan, Spans, Work } from './spans.ts'

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  inner: SpanKind.INTERNAL,
} as const satisfies Record<Work['kind'], SpanKind>

/** Our spans as OpenTelemetry's. What is under way is known to this object alone. */
export function createSpans(tracer: Tracer): Spans {
  const current = new AsyncLocalStorage<Context>()
  const start = (work: Work, parent: Context): { readonly span: Span; readonly context: Context } => {
    const span = tracer.startSpan(work.name, { kind: KINDS[work.kind], attributes: work.facts }, parent)
    return { span, context: trace.setSpan(parent, span) }
  }
  const within: Spans['within'] = async (work, run) => {
    const { span, context } = start(work, current.getStore() ?? ROOT_CONTEXT)
    const open = openSpan(span)
    try {
      return await current.run(context, () => run(open))
    } catch (error) {
      open.fail(error instanceof Error ? error.name : 'unknown')
      throw error
    } finally {
      span.end()
    }
  }
  return {
    within,
    part: (work, run) => (current.getStore() === undefined ? run() : within(work, run)),
    begin(work, parent) {
      const { span, context } = start(work, contextOf(parent))
      return begunSpan(span, (next) => current.run(context, next))
    },
  }
}

function contextOf(traceparent: string | undefined): Context {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent)
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true })
}

function openSpan(span: Span): OpenSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    tell: (facts) => void span.setAttributes(facts),
    // The type alone: messages of errors repeat what was sent.
    fail: (type) => void span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR }),
  }
}

function begunSpan(span: Span, enter: BegunSpan['enter']): BegunSpan {
  return { ...openSpan(span), traceId: span.spanContext().traceId, enter, end: () => span.end() }
}
