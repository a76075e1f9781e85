import { createSandbox } from '@onerouter/sandbox'
import { savedMethodConformance } from '../conformance/saved-methods.ts'
import { subscriptionConformance } from '../conformance/subscriptions.ts'
import { providerConformance } from '../conformance.ts'
import { paypal } from './index.ts'

providerConformance(
  'paypal',
  {
    currency: 'USD',
    wire: [
      { minor: 50_000n, currency: 'USD', wire: 50_000n },
      { minor: 500n, currency: 'JPY', wire: 500n },
      { minor: 1_000n, currency: 'HUF', wire: 10n },
      { minor: 1_050n, currency: 'HUF', wire: null },
      { minor: 123_400n, currency: 'TWD', wire: 1_234n },
      { minor: 123_450n, currency: 'TWD', wire: null },
      { minor: 1_230n, currency: 'KWD', wire: null },
      { minor: 10_000n, currency: 'INR', wire: null },
    ],
    staleAfterMs: null,
    replaysCreate: true,
  },
  (host) => ({ provider: paypal, sandbox: createSandbox(host) }),
)

subscriptionConformance(
  'paypal',
  { currency: 'USD', endsUnapproved: false, changeNeedsConsent: true },
  (host) => ({ provider: paypal, sandbox: createSandbox(host) }),
)

savedMethodConformance(
  'paypal',
  { currency: 'USD', wire: [], staleAfterMs: null, replaysCreate: true },
  (host) => ({ provider: paypal, sandbox: createSandbox(host) }),
)
