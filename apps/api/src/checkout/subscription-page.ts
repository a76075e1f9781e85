import type { SubscriptionStatus } from '@onerouter/core'
import { type Page, renderPage } from './page.ts'

const WORDS: Readonly<Record<SubscriptionStatus, readonly [string, string]>> = {
  created: ['Getting ready', 'This subscription is being prepared. Reload the page in a moment.'],
  pending_approval: [
    'Almost there',
    'We are waiting for the confirmation. You do not need to agree again; this page updates by itself.',
  ],
  trialing: ['Subscription started', 'Your trial has begun. You may close this page.'],
  active: ['Subscription active', 'Thank you. You may close this page.'],
  past_due: ['Payment outstanding', 'The last charge did not go through. It will be tried again.'],
  paused: ['Subscription paused', 'Nothing is charged while it is paused.'],
  canceled: ['Subscription canceled', 'Nothing more will be charged.'],
  completed: ['Subscription completed', 'All charges have been made. You may close this page.'],
  expired: ['Subscription expired', 'It was not agreed to in time. Nothing was charged.'],
}

/** Says how a subscription stands; an unfinished one asks again by itself. */
export function subscriptionPage(status: SubscriptionStatus, nonce: string): Page {
  const [title, text] = WORDS[status]
  const open = status === 'created' || status === 'pending_approval'
  return renderPage({
    title,
    nonce,
    body: `<h1 data-status="${status}">${title}</h1><p>${text}</p>`,
    ...(open && { script: 'setTimeout(function () { location.reload() }, 3000)' }),
  })
}
