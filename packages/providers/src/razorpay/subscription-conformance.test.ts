import { createSandbox } from '@onerouter/sandbox'
import { subscriptionConformance } from '../conformance/subscriptions.ts'
import { razorpay } from './index.ts'

subscriptionConformance(
  'razorpay',
  { currency: 'INR', endsUnapproved: true, changeNeedsConsent: false },
  (host) => ({ provider: razorpay, sandbox: createSandbox(host) }),
)
