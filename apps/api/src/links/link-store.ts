import type { Bound } from '../store/money-store.ts'
import type { Queryable } from '../store/rows.ts'
import * as attempts from './attempts.ts'
import * as store from './store.ts'

/**
 * Every transaction payment links make, by name. PostgreSQL is the store (`pgLinkStore`); the simulator runs the
 * same use cases over a store in memory that is held equal to it.
 */
export interface LinkStore {
  readonly recordLink: Bound<typeof store.recordLink>
  readonly writeLink: Bound<typeof store.writeLink>
  readonly getLink: Bound<typeof store.getLink>
  readonly claimDueLinks: Bound<typeof store.claimDueLinks>
  readonly scheduleLink: Bound<typeof store.scheduleLink>
  readonly nextLinkDueMs: Bound<typeof store.nextLinkDueMs>
  readonly recordAttempt: Bound<typeof attempts.recordAttempt>
  readonly openAttempt: Bound<typeof attempts.openAttempt>
  readonly getAttempt: Bound<typeof attempts.getAttempt>
  readonly listNewlyPaid: Bound<typeof attempts.listNewlyPaid>
  readonly hasUndecided: Bound<typeof attempts.hasUndecided>
  readonly listAttempts: Bound<typeof attempts.listAttempts>
  readonly moveAttempt: Bound<typeof attempts.moveAttempt>
  readonly closeUnmade: Bound<typeof attempts.closeUnmade>
  readonly holdAttempt: Bound<typeof attempts.holdAttempt>
}

/** The transactions of payment links on PostgreSQL. */
export function pgLinkStore(db: Queryable): LinkStore {
  return {
    recordLink: (...rest) => store.recordLink(db, ...rest),
    writeLink: (...rest) => store.writeLink(db, ...rest),
    getLink: (...rest) => store.getLink(db, ...rest),
    claimDueLinks: (...rest) => store.claimDueLinks(db, ...rest),
    scheduleLink: (...rest) => store.scheduleLink(db, ...rest),
    nextLinkDueMs: (...rest) => store.nextLinkDueMs(db, ...rest),
    recordAttempt: (...rest) => attempts.recordAttempt(db, ...rest),
    openAttempt: (...rest) => attempts.openAttempt(db, ...rest),
    getAttempt: (...rest) => attempts.getAttempt(db, ...rest),
    listNewlyPaid: (...rest) => attempts.listNewlyPaid(db, ...rest),
    hasUndecided: (...rest) => attempts.hasUndecided(db, ...rest),
    listAttempts: (...rest) => attempts.listAttempts(db, ...rest),
    moveAttempt: (...rest) => attempts.moveAttempt(db, ...rest),
    closeUnmade: (...rest) => attempts.closeUnmade(db, ...rest),
    holdAttempt: (...rest) => attempts.holdAttempt(db, ...rest),
  }
}
