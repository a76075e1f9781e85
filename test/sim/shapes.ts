/**
 * What kinds of histories there are. Most are short: one payment, what is asked about it, everybody close together in
 * time. Some wait in the dark until a provider believes its own keys no longer. Some are about a payment link. Some are
 * wild: several payments, days, every fault at once. A share of each finds more for its time than any one of them alone.
 */
import type { Choices } from './choices.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

type Span = readonly [leastMs: number, mostMs: number]
type Some<T> = readonly [T, ...T[]]

/** Chances go from 0 to 1; of lists one is taken. */
export interface Shape {
  /** Factors: how many of the faults of calls and statements exist, and how often they strike. */
  readonly faultShare: number
  readonly faultRate: number
  readonly secondAccount: number
  /** More payments than there are accounts. */
  readonly morePayments: number
  /** How often a payment is asked for under its key. */
  readonly creates: Some<number>
  /** Payment links instead of payments. */
  readonly links: boolean
  /** Reads and syncs of a payment. */
  readonly looks: Some<number>
  readonly manualCapture: number
  readonly cancel: number
  /** Refunds of a payment. */
  readonly refunds: Some<number>
  /** How often a capture, a cancellation or a refund is asked for under its key. */
  readonly asks: Some<number>
  /** How often who was not answered asks again, and how soon at first. */
  readonly patience: number
  readonly retryMs: number
  /** Factor: how far apart people act, and how long money hangs. */
  readonly pace: number
  readonly neverPaid: number
  readonly paidLate: number
  readonly heals: Span
  readonly healsLate: Span
  readonly late: number
  /** After so long without faults every look that is due has been made, and what nobody paid has run out. */
  readonly quietMs: number
  /** What is asked once more after that has this long to come to rest. */
  readonly lastMs: number
  readonly crashes: number
  readonly crashesMost: number
  readonly crashesWithinMs: number
  readonly outage: number
  readonly longOutage: number
  readonly shortOutageMs: number
  /** The provider goes dark when a refund is asked of it. */
  readonly darkness: number
  /** No worker lives until the darkness is nearly over: what they would do meanwhile is the same look again. */
  readonly sleepsThrough: boolean
  /** A provider may answer its own 500 again for a day, and is asked a hundred and seventy times meanwhile. */
  readonly stickyErrors: boolean
  /** A capture that hung and was refused is made after all, a while later. */
  readonly correctsItself: number
  /** How late a provider knows its fee: it is asked until then. */
  readonly feeBelowMs: number
}

const WILD: Shape = {
  faultShare: 1,
  faultRate: 1,
  secondAccount: 0.2,
  morePayments: 0.3,
  creates: [1, 1, 2, 4],
  links: false,
  looks: [0, 1, 2],
  manualCapture: 0.35,
  cancel: 0.25,
  refunds: [0, 1, 2, 3],
  asks: [1, 2],
  patience: 4,
  retryMs: 20 * SECOND,
  pace: 1,
  neverPaid: 0.12,
  paidLate: 0.2,
  heals: [HOUR / 2, 8 * HOUR],
  healsLate: [24 * HOUR, 60 * HOUR],
  late: 0.1,
  quietMs: 96 * HOUR,
  lastMs: 48 * HOUR,
  crashes: 0.6,
  crashesMost: 5,
  crashesWithinMs: MINUTE,
  outage: 0.4,
  longOutage: 0.9,
  shortOutageMs: 10 * MINUTE,
  darkness: 0.08,
  sleepsThrough: false,
  stickyErrors: true,
  correctsItself: 0,
  feeBelowMs: 20 * SECOND,
}

const SHORT: Shape = {
  ...WILD,
  faultShare: 0.4,
  faultRate: 1.3,
  secondAccount: 0.04,
  morePayments: 0.02,
  creates: [1, 1, 1, 2],
  looks: [0, 0, 1],
  manualCapture: 0.3,
  cancel: 0.22,
  refunds: [0, 1, 1, 2],
  asks: [1, 1, 1, 2],
  patience: 2,
  retryMs: 30 * SECOND,
  pace: 0.05,
  neverPaid: 0.01,
  paidLate: 0.05,
  heals: [2 * MINUTE, 8 * MINUTE],
  late: 0,
  // Stripe's orders run out after a day; PayPal's, after three, must not yet: their looks are further apart.
  quietMs: 50 * HOUR,
  lastMs: HOUR,
  crashes: 0.35,
  crashesMost: 2,
  crashesWithinMs: 10 * SECOND,
  outage: 0.12,
  longOutage: 0,
  shortOutageMs: MINUTE,
  darkness: 0,
  stickyErrors: false,
  feeBelowMs: 1,
}

const WAITING: Shape = {
  ...SHORT,
  manualCapture: 0.1,
  cancel: 0.05,
  refunds: [1, 2, 3],
  neverPaid: 0,
  heals: [HOUR, 4 * HOUR],
  darkness: 1,
  sleepsThrough: true,
}

/** Somebody else's turn comes after ten minutes: a share of them lasts longer. */
const LINKED: Shape = {
  ...SHORT,
  links: true,
  pace: 0.02,
  secondAccount: 0,
  morePayments: 0,
  neverPaid: 0.15,
  paidLate: 0.3,
  correctsItself: 0.9,
  heals: [4 * MINUTE, 8 * MINUTE],
  healsLate: [13 * MINUTE, 20 * MINUTE],
  late: 0.35,
}

const WILD_SHARE = 0.05
const WAITING_SHARE = 0.08
const LINKED_SHARE = 0.08

/** 0 draws the smallest kind and the highest number the widest, so that what fails shrinks into a short one. */
export function drawShape(choices: Choices): Shape {
  const drawn = choices.u32() / 2 ** 32
  if (drawn >= 1 - WILD_SHARE) return WILD
  if (drawn >= 1 - WILD_SHARE - WAITING_SHARE) return WAITING
  return drawn >= 1 - WILD_SHARE - WAITING_SHARE - LINKED_SHARE ? LINKED : SHORT
}
