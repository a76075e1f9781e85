import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { presentPayment } from '../../engine/present.ts'
import { mount } from '../../http/mount.ts'
import { clickLink } from '../../links/click.ts'
import { freshOf, type Opening, payLink } from '../../links/pay-link.ts'
import type { Links } from '../../links/ports.ts'
import { presentLink } from '../../links/present.ts'
import type { LinkRow } from '../../links/row.ts'
import { settleLink } from '../../links/settle-link.ts'
import type { PaymentRow } from '../../store/rows.ts'
import { ownLink } from '../payment-links/index.ts'
import { driveOnSandbox, type SandboxControl, sandboxFor } from './drive.ts'

/** One payer for all simulated visits to a link: a second `pay` resumes what the first one began. */
const VISITOR = 'simulation'

export function linkSimulations(app: FastifyInstance, links: Links, sandbox: SandboxControl | null): void {
  mount(app, 'simulatePaymentLink', async ({ params, principal }) => {
    const drive = sandboxFor(sandbox, principal)
    const link = await settleLink(links, await ownLink(links, principal, params.id))
    if (params.action !== 'open' && params.action !== 'pay') {
      throw new ApiError('not_found', 'A payer of a link can open it or pay it.')
    }
    if (link.status !== 'active') throw refused(links, link)
    if (params.action === 'open') return answer(links, await clickLink(links, link), null)
    const payment = paymentIn(links, link, await payLink(links, link, VISITOR))
    if (payment.status !== 'succeeded') await driveOnSandbox(links.engine, drive, payment, 'succeed')
    const paid = await freshOf(links, payment)
    return answer(links, await settleLink(links, link), paid)
  })
}

function paymentIn(links: Links, link: LinkRow, opening: Opening): PaymentRow {
  switch (opening.kind) {
    case 'checkout':
    case 'payment':
      return opening.payment
    case 'ended':
      throw refused(links, opening.link)
    case 'taken':
    case 'unavailable':
      throw new ApiError(
        'invalid_state',
        'The link cannot be paid now: it is being paid, or nobody takes it.',
        {
          extra: { payment_link: presentLink(link, links.publicUrl) },
        },
      )
  }
}

const refused = (links: Links, link: LinkRow): ApiError =>
  new ApiError('invalid_state', `A payment link that is ${link.status} cannot be paid.`, {
    extra: { payment_link: presentLink(link, links.publicUrl) },
  })

const answer = (links: Links, link: LinkRow, payment: PaymentRow | null) => ({
  status: link.status,
  payment_link: presentLink(link, links.publicUrl),
  ...(payment !== null && { payment: presentPayment(payment) }),
})
