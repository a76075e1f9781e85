const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * When to ask again about a call whose outcome nobody knows. For the first hour never more than 25 s apart, which
 * together with a request that has just begun to hang is less than a minute: so soon after its provider answers again
 * a call is settled. Later `SCOUT_EVERY_MS` sees to that.
 */
const UNKNOWN_MS = [
  5 * SECOND,
  15 * SECOND,
  ...Array.from({ length: 144 }, () => 25 * SECOND),
  ...Array.from({ length: 24 }, () => 5 * MINUTE),
  HOUR,
  6 * HOUR,
  24 * HOUR,
]
/**
 * Where calls wait longer than that, one of each provider's goes ahead this often; the one that is settled fetches the
 * others, which come spread over `FETCHED_WITHIN_MS`, so many at a time.
 */
export const SCOUT_EVERY_MS = 20 * SECOND
export const FETCHED_WITHIN_MS = 15 * SECOND
export const FETCHED_MAX = 500

/** When to try again to apply what a provider told us: no more than a minute after the end of a short outage. */
const INBOUND_MS = [
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  ...Array.from({ length: 80 }, () => 45 * SECOND),
  ...Array.from({ length: 24 }, () => 5 * MINUTE),
  HOUR,
  6 * HOUR,
  24 * HOUR,
]

/**
 * What a provider told us outlives every outage up to this long. Tries alone do not tell: a try whose result could not
 * be stored counts, too, so a day with a sick database uses them up; nor does age, when nobody was there to try.
 */
const INBOUND_WATCH_MS = 3 * 24 * HOUR

/** When to look after a payment that waits for its payer, should no webhook tell. */
const EXPOSED_MS = [2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 24 * HOUR]
/** Stripe books its fee a little after the money (automatic_async capture); an outage may delay the look. */
const FEE_MS = [5 * SECOND, 30 * SECOND, 5 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR]

const FEE_WATCH_MS = 7 * 24 * HOUR
/** An order that was given up can still be paid where providers cannot withdraw it. */
const LATE_MS = [24 * HOUR, 48 * HOUR, 48 * HOUR]
/** After this an open payment is left to webhooks and to whoever asks. */
const WATCH_MS = 45 * 24 * HOUR

const stepOf = (steps: readonly number[], tries: number): number =>
  steps[Math.min(tries, steps.length - 1)] ?? HOUR

export const unknownDelayMs = (tries: number): number => stepOf(UNKNOWN_MS, tries)
export const inboundDelayMs = (tries: number): number => stepOf(INBOUND_MS, tries)
export const isPastHope = (tries: number, ageMs: number): boolean =>
  tries >= INBOUND_MS.length && ageMs >= INBOUND_WATCH_MS
export const exposedDelayMs = (tries: number): number => stepOf(EXPOSED_MS, tries)

/** Money that is owed is never out of sight for longer, however many tries an outage has used up before. */
const RETURN_MAX_MS = 30 * MINUTE
export const returnDelayMs = (delayMs: number): number => Math.min(delayMs, RETURN_MAX_MS)
/**
 * How long to wait before looking again whether somebody else's call has ended: a quick call is noticed at once,
 * a slow one does not cost the database twenty looks a second.
 */
export const rivalDelayMs = (looks: number): number => Math.min(25 * 2 ** Math.min(looks, 4), 400)

/** `null` once it is no longer worth asking. */
export const feeDelayMs = (tries: number, ageMs: number): number | null =>
  ageMs < FEE_WATCH_MS ? stepOf(FEE_MS, tries) : null

/** `null` once nobody will pay it any more. */
export const lateDelayMs = (tries: number): number | null => LATE_MS[tries] ?? null
export const isWatched = (ageMs: number): boolean => ageMs < WATCH_MS

/** After this long without evidence a person is asked; the payment keeps its state. */
export const REVIEW_AFTER_MS = 14 * 24 * HOUR

/** A balance that was empty is filled, a limit of a day ends: what is refused for longer is refused for good. */
const REFUSED_FOR_MS = 3 * 24 * HOUR
export const REFUSALS_MIN = 6
export const isRefusedForGood = (refusals: number, ageMs: number): boolean =>
  refusals >= REFUSALS_MIN && ageMs > REFUSED_FOR_MS

/** Longest life of a request on its way to a provider, added to a provider's look-up lag before absence counts. */
export const IN_FLIGHT_MS = 2 * MINUTE

/** Share of a provider's replay window in which a re-send is trusted. */
export const REPLAY_MARGIN = 0.8
