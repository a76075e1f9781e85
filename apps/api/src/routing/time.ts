import type { RoutingConditions } from '@onerouter/contract'

type TimeWindow = NonNullable<RoutingConditions['time']>

/** Day of the week (0 = Monday) and minute of the day somewhere on earth. */
interface WallClock {
  readonly day: number
  readonly minute: number
}
type Zone = (atMs: number) => WallClock
export type Zones = (name: string) => Zone

const MINUTE_MS = 60_000
const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Zones of one rule set: each works out a minute once, because asking the calendar costs more than all rules. */
export function createZones(): Zones {
  const known = new Map<string, Zone>()
  return (name) => {
    const found = known.get(name) ?? createZone(name)
    known.set(name, found)
    return found
  }
}

function createZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: name,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  let minuteOfEpoch = Number.NaN
  let clock: WallClock = { day: 0, minute: 0 }
  return (atMs) => {
    const asked = Math.floor(atMs / MINUTE_MS)
    if (asked !== minuteOfEpoch) {
      clock = readClock(format, atMs)
      minuteOfEpoch = asked
    }
    return clock
  }
}

function readClock(format: Intl.DateTimeFormat, atMs: number): WallClock {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const day = DAYS.indexOf(parts.get('weekday')?.toLowerCase() ?? '')
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Whether a moment lies in the window. `from` later than `to` means over midnight; the day is that of its start. */
export function inWindow(time: TimeWindow, zones: Zones): (atMs: number) => boolean {
  const zone = zones(time.time_zone ?? 'UTC')
  const days = time.days === undefined ? null : new Set(time.days.map((day) => DAYS.indexOf(day)))
  const from = time.from === undefined ? 0 : minuteOf(time.from)
  const to = time.to === undefined ? 24 * 60 : minuteOf(time.to)
  const startsMs = time.starts_at === undefined ? Number.NEGATIVE_INFINITY : Date.parse(time.starts_at)
  const endsMs = time.ends_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(time.ends_at)
  const byClock = days !== null || time.from !== undefined || time.to !== undefined
  return (atMs) => {
    if (atMs < startsMs || atMs >= endsMs) return false
    if (!byClock) return true
    const { day, minute } = zone(atMs)
    if (from < to) return minute >= from && minute < to && (days?.has(day) ?? true)
    if (minute >= from) return days?.has(day) ?? true
    return minute < to && (days?.has((day + 6) % 7) ?? true)
  }
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
