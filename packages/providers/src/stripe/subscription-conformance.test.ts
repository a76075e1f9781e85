import { createSandbox } from '@onerouter/sandbox'
import { subscriptionConformance } from '../conformance/subscriptions.ts'
import { stripe } from './index.ts'

subscriptionConformance(
  'stripe',
  { currency: 'USD', endsUnapproved: true, changeNeedsConsent: false },
  (host) => ({ provider: stripe, sandbox: createSandbox(host) }),
)
