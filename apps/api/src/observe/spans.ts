/** Facts are fixed words, numbers and our own ids: never an address, a payer, a body or a secret. */
export type Facts = Readonly<Record<string, string | number | boolean>>

/** A piece of work as traces show it. */
export interface Work {
  readonly name: string
  /** `server` is asked, `client` asks another machine, `inner` neither. */
  readonly kind: 'server' | 'client' | 'inner'
  readonly facts: Facts
}

export interface OpenSpan {
  /** W3C `traceparent`, by which whoever is asked continues the trace. */
  readonly traceparent: string
  tell(facts: Facts): void
  fail(type: string): void
}

/** Work that does not end where it begins: a request. */
export interface BegunSpan extends OpenSpan {
  readonly traceId: string
  /** What `next` starts is part of this work. */
  enter(next: () => void): void
  end(): void
}

/** Traces, where an installation wants them. */
export interface Spans {
  /** `parent` is a caller's `traceparent`; one that is none begins a trace of its own. */
  begin(work: Work, parent: string | undefined): BegunSpan
  /** Work is part of what is under way, or a trace of its own. What it throws goes on. */
  within<T>(work: Work, run: (span: OpenSpan) => Promise<T>): Promise<T>
  /** The same for work that is only worth showing as part of something. */
  part<T>(work: Work, run: () => Promise<T>): Promise<T>
}

/** Runs work, watched where somebody watches. */
export function watched<T>(
  spans: Spans | undefined,
  work: Work,
  run: (span: OpenSpan | null) => Promise<T>,
): Promise<T> {
  return spans === undefined ? run(null) : spans.within(work, run)
}
