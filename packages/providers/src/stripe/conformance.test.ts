import { createSandbox } from '@onerouter/sandbox'
import { savedMethodConformance } from '../conformance/saved-methods.ts'
import { subscriptionConformance } from '../conformance/subscriptions.ts'
import { providerConformance } from '../conformance.ts'
import { stripe } from './index.ts'

providerConformance(
  'stripe',
  {
    currency: 'USD',
    wire: [
      { minor: 50_000n, currency: 'USD', wire: 50_000n },
      { minor: 500n, currency: 'JPY', wire: 500n },
      { minor: 1_230n, currency: 'KWD', wire: 1_230n },
      { minor: 1_234n, currency: 'KWD', wire: null },
      { minor: 5_000n, currency: 'UGX', wire: 500_000n },
      { minor: 500n, currency: 'ISK', wire: 50_000n },
      { minor: 1_000_000n, currency: 'MGA', wire: 10_000n },
      { minor: 1_000_050n, currency: 'MGA', wire: null },
      { minor: 1_000n, currency: 'CUP', wire: null },
    ],
    staleAfterMs: 300_000,
    replaysCreate: true,
  },
  (host) => ({ provider: stripe, sandbox: createSandbox(host) }),
)

subscriptionConformance(
  'stripe',
  { currency: 'USD', endsUnapproved: true, changeNeedsConsent: false },
  (host) => ({ provider: stripe, sandbox: createSandbox(host) }),
)

savedMethodConformance(
  'stripe',
  { currency: 'USD', wire: [], staleAfterMs: 300_000, replaysCreate: true },
  (host) => ({ provider: stripe, sandbox: createSandbox(host) }),
)
