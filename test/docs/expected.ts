/** What each block of code in the documentation must do. A block that is not listed fails the test, and so does a line too many. */
export type Expectation =
  | {
      /** Run as it stands, in a project that has the SDK; `around` is what the reader's own code would be. */
      readonly prints: RegExp
      readonly around?: { readonly before?: string; readonly after?: string }
    }
  /** `curl` lines, run as they stand with host, key and names put in: the status of each. */
  | { readonly answers: readonly number[] }
  /** Configuration to copy. */
  | { readonly parses: 'json' }
  /** Run by another test. */
  | { readonly test: string }
  /** Not run, and why. */
  | { readonly not: string }

const WITHOUT_CONTAINERS = 'needs a container engine or a cluster; test/deploy checks the files it names'
const THE_COMMAND = 'the command that this test itself was started by, or its sibling in package.json'

const HANDLER_CALL = `
import { OneRouter } from 'onerouter'
process.env.WEBHOOK_SECRET = 'whsec_c2VjcmV0IG9mIHRoZSBzbmlwcGV0cyB0ZXN0'
const { POST } = await import('./snippet.ts')
const signed = await OneRouter.webhooks.signTest({
  event: { type: 'payment.succeeded', data: { object: { id: 'pay_1', receipt: 'order-7' } } },
  secret: process.env.WEBHOOK_SECRET,
})
const request = new Request('http://localhost/hooks', { method: 'POST', headers: signed.headers, body: signed.body })
console.log((await POST(request)).status)
`

export const EXPECTED: Readonly<Record<string, readonly Expectation[]>> = {
  'README.md': [
    { test: 'packages/cli/src/dev/dev.test.ts' },
    { answers: [200] },
    {
      prints:
        /^pay at http:\/\/127\.0\.0\.1:\d+\/stripe\/\S+\nsucceeded 500\.00 USD\nrefunded 120\.00 (?:pending|succeeded)\nverified payment\.succeeded true\n$/,
    },
  ],
  'CONTRIBUTING.md': [{ not: THE_COMMAND }],
  'packages/sdk/README.md': [{ prints: /^http\S+\n$/ }],
  'sdks/python/README.md': Array.from({ length: 5 }, () => ({ test: 'test/sdk/python.test.ts' })),
  'docs/start/quick-start.md': [
    { test: 'packages/cli/src/dev/dev.test.ts' },
    { test: 'tools/build-sdk.test.ts' },
    { prints: /^requires_action http.*\/paypal\/.*\nsucceeded / },
    { prints: /invalid_amount/ },
    { prints: /^true true\n$/ },
    { prints: /\n1 true 1\n$/ },
    { prints: /^$/ },
  ],
  'docs/guides/analytics.md': [{ answers: [200] }],
  'docs/guides/assistants.md': [{ parses: 'json' }],
  'docs/guides/audit.md': [{ answers: [200] }, { test: 'apps/api/src/audit/audit.test.ts' }],
  'docs/guides/clerk.md': [{ not: 'settings that only an account at Clerk has' }],
  'docs/guides/dashboard.md': [{ test: 'apps/api/src/sessions/second-factor.test.ts' }],
  'docs/guides/deployment.md': [
    { not: WITHOUT_CONTAINERS },
    { not: WITHOUT_CONTAINERS },
    { test: 'test/deploy/backup.test.ts' },
  ],
  'docs/guides/disputes.md': [
    { prints: /^open fraudulent 50\.00 USD\ntrue\n$/ },
    { prints: /^lost 50\.00 15\.00\nsucceeded 50\.00 0\.00\n$/ },
  ],
  'docs/guides/domain-verification.md': [{ test: 'test/docs/seed.test.ts' }],
  'docs/guides/going-live.md': [
    { test: 'test/docs/seed.test.ts' },
    { test: 'test/docs/seed.test.ts' },
    { test: 'test/docs/seed.test.ts' },
    { test: 'test/docs/seed.test.ts' },
    { test: 'test/docs/seed.test.ts' },
    { parses: 'json' },
  ],
  'docs/guides/monitoring.md': [
    { not: "a scrape configuration, for the reader's own Prometheus" },
    { not: "variables for the reader's own collector; apps/api/src/observe/otlp.test.ts sets them" },
    { answers: [200, 200, 200, 200] },
    { prints: /^$/ },
    { answers: [200] },
  ],
  'docs/guides/payment-links.md': [
    { prints: /^active (http.*\/l\/[0-9a-z]{12})\n\1\/qr\.svg\n$/ },
    { prints: /^paid 20\.00 1\nsucceeded 43\n$/ },
    { prints: /^accepted\ntrue\n$/ },
    { prints: /^deactivated false\ntrue\n$/ },
  ],
  'docs/guides/payment-methods.md': [{ parses: 'json' }],
  'docs/guides/provider-requests.md': [{ answers: [200] }],
  'docs/guides/routing.md': [
    { prints: /^true germans paypal(?:.|\n)*paypal: place 1 in the rule's order/ },
    { prints: /^true An estimate.*\n10\ntrue null\n$/ },
    { prints: /^2 in_force key unf_test_.*\n1 kept key unf_test_.*\n0 0\n$/ },
  ],
  'docs/guides/saved-payment-methods.md': [
    { prints: /^requires_action\n$/ },
    { prints: /^visa 4242\nsucceeded 9\.00\n$/ },
  ],
  'docs/guides/sms.md': [
    { prints: /^true\ndelivered 1\n$/ },
    { prints: /^provider_rejected recipient_opted_out 21610\nfailed recipient_opted_out\n$/ },
  ],
  'docs/guides/subscriptions.md': [
    { prints: /^pending_approval\nhttp.*\nactive\n$/ },
    { prints: /^(?:pending|succeeded) pay_\w+\n$/ },
    { prints: /^period 10\.00 succeeded,period 10\.00 succeeded\npaused active\ntrue\nactive true\n$/ },
  ],
  'docs/guides/webhooks.md': [
    { answers: [201] },
    {
      prints: /^order-7\n204\n$/,
      around: { before: 'const ship = (receipt: unknown) => console.log(receipt)\n', after: HANDLER_CALL },
    },
    { test: 'test/cli/trigger.test.ts' },
  ],
  'docs/internals/adding-a-provider.md': [{ test: 'tools/new-provider.test.ts' }],
}
