/** Bugs with payment links: in their use cases, and in what their store promises. */
import type { Mutant } from './mutate.ts'

const links = (file: string) => `apps/api/src/links/${file}.ts`
const STORE = 'test/sim/memory-links.ts'

export const LINK_MUTANTS: readonly Mutant[] = [
  {
    name: 'link-surplus-kept',
    hazard: 'what a second payment brought to a link stays with the merchant',
    file: links('tend-link'),
    find: "await links.store.listAttempts(link, 'surplus', BATCH)",
    replace: '[]',
  },
  {
    name: 'link-refund-believed',
    hazard: 'a second payment counts as given back before its refund has arrived',
    file: links('return-surplus'),
    find: "if (after.refunded >= after.captured) return { payment_id, state: 'returned' }",
    replace: "if (!isKept(after)) return { payment_id, state: 'returned' }",
  },
  {
    name: 'link-reversal-unseen',
    hazard: 'a second payment stays with the merchant when its refund is reversed',
    file: 'test/sim/memory-tables.ts',
    find: "if (isReversed && attempt.state === 'returned') putAttempt(work, { ...attempt, state: 'surplus' })",
    replace: '',
  },
  {
    name: 'link-not-withdrawn',
    hazard: 'what was open on a link can be paid after its end',
    file: links('tend-link'),
    find: "const over = link.status === 'deactivated' || (link.status === 'paid' && !link.reusable)",
    replace: "const over = link.status === 'paid' && !link.reusable",
  },
  {
    name: 'link-end-not-due',
    hazard: 'a link whose merchant ended it is withdrawn only if that process lives on',
    file: STORE,
    find: '...(row.status !== status && { due_at: now, tries: 0 }),',
    replace: '',
  },
  {
    name: 'link-counts-canceled',
    hazard: 'a link is paid by money that goes back to its payer',
    file: STORE,
    find: "const MAY_BE_CANCELED: readonly OperationState[] = [...UNDECIDED, 'succeeded']",
    replace: 'const MAY_BE_CANCELED: readonly OperationState[] = UNDECIDED',
  },
  {
    name: 'link-not-woken',
    hazard: 'a payment of a link succeeds, and the link is not told',
    file: 'test/sim/memory-tables.ts',
    find: "if (moved && row.status === 'succeeded') wakeLink(work, row.id)",
    replace: '',
  },
  {
    name: 'link-attempt-without-version',
    hazard: 'a payment is begun for a link that has ended meanwhile',
    file: STORE,
    find: "if (row === null || row.version !== link.version || row.status !== 'active') return false",
    replace: 'if (row === null) return false',
  },
  {
    name: 'link-never-runs-out',
    hazard: 'nobody looks at a link when its time is over',
    file: links('tend-link'),
    find: "if (link.status !== 'active' || link.expires_at === null) return null",
    replace: "if (link.status === 'active' || link.expires_at === null) return null",
  },
  {
    name: 'link-end-answered-unkept',
    hazard: 'an end that was wished before is answered, and the answer is not kept',
    file: links('deactivate-link'),
    find: 'const world = worldOf(links)',
    replace:
      "const world = worldOf(links)\n    if (link.status === 'deactivated') return answered(links, link)",
  },
]
