import type { Window } from './read.ts'

export interface Buckets {
  readonly interval: 'hour' | 'day' | 'week' | 'month'
  readonly timezone: string
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

interface Aligned {
  readonly from: Date
  readonly to: Date
}

/** The whole hours and the whole days of UTC in a window; empty ones lie within it. */
export function alignedIn({ from, to }: Window): { readonly hours: Aligned; readonly days: Aligned } {
  const hours = aligned({ from, to }, HOUR_MS)
  return { hours, days: aligned(hours, DAY_MS) }
}

function aligned({ from, to }: Aligned, unitMs: number): Aligned {
  const first = Math.ceil(from.getTime() / unitMs) * unitMs
  const last = Math.floor(to.getTime() / unitMs) * unitMs
  return first < last ? { from: new Date(first), to: new Date(last) } : { from, to: from }
}

const startOf = (at: string, buckets: Buckets | null): string =>
  buckets === null ? 'null::timestamptz' : `date_trunc('${buckets.interval}', ${at}, $14::text)`

/**
 * The window in the largest pieces of which there are sums, as `days`, `hours` and `slots` that begin, end and belong to an
 * interval. A day of UTC in which one interval ends and the next begins is given whole to the one that has more of it; the
 * smaller part goes to the other and is taken from the first. So a day of New York is a day of UTC and five
 * hours, and one of Kolkata a day, five hours and two quarters.
 */
export function piecesOf(buckets: Buckets | null, { hourly }: { readonly hourly: boolean }): string {
  const byHour = buckets?.interval === 'hour'
  const start = startOf('at', buckets)
  return `with day as materialized (
    select at, ${start} as start, ${startOf(`at + interval '23:45'`, buckets)} as last
    from generate_series($10::timestamptz, $11::timestamptz - interval '24 hours', interval '24 hours') at
  ), divided as materialized (
    select at, begins, ends, case when early then start else last end as near, case when early then last else start end as far
    from day, lateral (select last <= at + interval '12 hours' as early) e, lateral (select case when early then at else last end
      as begins, case when early then last else at + interval '24 hours' end as ends) d
    where ${byHour ? 'false' : 'start <> last'}
  ), part as materialized (
    select near as start, far as taken_from, begins, ends, date_trunc('hour', begins + interval '59 minutes', 'UTC') as first,
      date_trunc('hour', ends, 'UTC') as behind
    from divided
  ), hour as materialized (
    select at, ${start} as start, ${start} is not distinct from ${startOf(`at + interval '00:45'`, buckets)} as whole from (
      select generate_series($12::timestamptz, $10 - interval '1 hour', interval '1 hour') as at
      union all select generate_series($11, $13::timestamptz - interval '1 hour', interval '1 hour')
      ${byHour ? `union all select at + n * interval '1 hour' from day, generate_series(0, 23) n` : ''}) one
  ), days as materialized (
    ${runsOf(`select at, start from day where start is not distinct from last union all select at, far from divided`, '24 hours')}
  ), hours as materialized (
    ${runsOf(`select at, start from hour where whole`, '1 hour')}
    union all select start, taken_from, first, behind from part where first < behind
  ), slots as materialized (
    ${hourly ? uneven : 'select start, taken_from, begins, ends from part union all'}
    ${slotsOf(buckets, hourly)}
  )`
}

/** What a part has beside whole hours: it ends or begins with a day, so only one of these is ever there. */
const uneven = `select start, taken_from, begins, first as ends from part where begins < first
    union all select start, taken_from, behind, ends from part where behind < ends
    union all`

/** Around the window's ends, and in hours that are divided themselves. */
function slotsOf(buckets: Buckets | null, hourly: boolean): string {
  const slots = `select hour.at + n * interval '15 minutes' as at from hour, generate_series(0, 3) n where ${hourly ? 'not whole' : 'true'}
      union all select generate_series($8::timestamptz, $12 - interval '15 minutes', interval '15 minutes')
      union all select generate_series($13, $9::timestamptz - interval '15 minutes', interval '15 minutes')`
  return runsOf(`select at, ${startOf('at', buckets)} as start from (${slots}) one`, '15 minutes')
}

/** Those that follow each other within one interval are one piece. */
const runsOf = (
  rows: string,
  length: string,
): string => `select start, null::timestamptz as taken_from, min(at) as begins,
      max(at) + interval '${length}' as ends
    from (select at, start, at - row_number() over (order by at) * interval '${length}' as run from (${rows}) one) one
    group by start, run`
