/** The text that ends a start: where things are, how to sign in, and one line to try. */

/** What the banner speaks of; absent parts are left out. */
export type Banner = {
  apiUrl: string
  sandboxUrl: string | undefined
  dashboardUrl: string | undefined
  apiKey: string | undefined
  signIn: { email: string; password: string } | undefined
  services: readonly string[]
  /** Distinct per start, so that a copied line makes a payment of its own. */
  reference: string
  seconds: string
}

/** Lines for the terminal. */
export function banner(show: Banner): string {
  const rows: [string, string | undefined][] = [
    ['API', `${show.apiUrl}  (reference: ${show.apiUrl}/docs)`],
    ['Dashboard', show.dashboardUrl],
    ['Sign in', show.signIn && `${show.signIn.email}  ${show.signIn.password}`],
    ['Sandbox', show.sandboxUrl],
    [
      'Services',
      show.services.length > 0 ? `${show.services.join(', ')} (connected to the sandbox)` : undefined,
    ],
    ['Test key', show.apiKey],
  ]
  const table = rows.flatMap(([name, value]) => (value === undefined ? [] : `  ${name.padEnd(10)} ${value}`))
  const head = `OneRouter is ready in ${show.seconds} s. Ctrl-C stops it.`
  const tryIt = show.apiKey === undefined ? [] : ['', 'Create a payment:', '', curlLine(show, show.apiKey)]
  return ['', head, '', ...table, ...tryIt, ''].join('\n')
}

function curlLine({ apiUrl, reference }: Banner, apiKey: string): string {
  const body = JSON.stringify({ amount: '500.00', currency: 'USD', receipt: reference })
  return [
    `curl -sS ${apiUrl}/v1/payments`,
    `-H 'Authorization: Bearer ${apiKey}'`,
    `-H 'Content-Type: application/json'`,
    `-H 'Idempotency-Key: ${reference}'`,
    `-d '${body}'`,
  ].join(' ')
}
