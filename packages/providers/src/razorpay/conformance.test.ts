import { createSandbox } from '@onerouter/sandbox'
import { subscriptionConformance } from '../conformance/subscriptions.ts'
import { providerConformance } from '../conformance.ts'
import { razorpay } from './index.ts'

providerConformance(
  'razorpay',
  {
    currency: 'INR',
    wire: [
      { minor: 50_000n, currency: 'INR', wire: 50_000n },
      { minor: 99n, currency: 'INR', wire: null },
      { minor: 500n, currency: 'JPY', wire: 500n },
      { minor: 5_000n, currency: 'UGX', wire: 5_000n },
      { minor: 500n, currency: 'ISK', wire: 500n },
      { minor: 1_000_000n, currency: 'MGA', wire: 1_000_000n },
      { minor: 1_230n, currency: 'KWD', wire: 1_230n },
      { minor: 1_234n, currency: 'KWD', wire: null },
      { minor: 1_230n, currency: 'LYD', wire: null },
    ],
    staleAfterMs: null,
    replaysCreate: false,
  },
  (host) => ({ provider: razorpay, sandbox: createSandbox(host) }),
)

subscriptionConformance(
  'razorpay',
  { currency: 'INR', endsUnapproved: true, changeNeedsConsent: false },
  (host) => ({ provider: razorpay, sandbox: createSandbox(host) }),
)
