/** Every page of the dashboard, in the order of the navigation. The command palette searches the same list. */
export interface Destination {
  readonly href: string
  readonly label: string
  /** Further words that find it. */
  readonly also?: string
}
export interface Section {
  readonly title: string
  readonly pages: readonly Destination[]
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'Money',
    pages: [
      { href: '/', label: 'Home', also: 'overview start guide' },
      {
        href: '/analytics',
        label: 'Analytics',
        also: 'numbers charts usage costs performance mrr churn failures',
      },
      { href: '/payments', label: 'Payments', also: 'transactions orders charges' },
      { href: '/refunds', label: 'Refunds' },
      { href: '/disputes', label: 'Disputes', also: 'chargebacks' },
      { href: '/payment-links', label: 'Payment links', also: 'qr invoice' },
      { href: '/subscriptions', label: 'Subscriptions', also: 'recurring billing' },
      { href: '/plans', label: 'Plans', also: 'prices' },
      { href: '/customers', label: 'Customers', also: 'payers' },
      { href: '/saved-payment-methods', label: 'Saved methods', also: 'cards wallets vault kept' },
      { href: '/sms', label: 'SMS', also: 'messages text twilio' },
    ],
  },
  {
    title: 'Connect',
    pages: [
      { href: '/services', label: 'Services', also: 'providers credentials go live switch' },
      { href: '/routing', label: 'Routing', also: 'rules split fallback what if simulate' },
      { href: '/payment-methods', label: 'Payment methods', also: 'marketplace cards wallets upi' },
      { href: '/domains', label: 'Domains', also: 'dns verify paypal' },
    ],
  },
  {
    title: 'Develop',
    pages: [
      { href: '/keys', label: 'API keys', also: 'scopes limits token' },
      { href: '/webhooks', label: 'Webhooks', also: 'endpoints' },
      { href: '/webhooks/deliveries', label: 'Deliveries', also: 'webhook attempts redeliver replay' },
      { href: '/webhooks/inbound', label: 'Inbound', also: 'webhook quarantine provider logs' },
      { href: '/events', label: 'Events' },
      { href: '/logs', label: 'Logs', also: 'requests tail errors' },
    ],
  },
  {
    title: 'Books',
    pages: [
      { href: '/reconciliation', label: 'Reconciliation', also: 'runs differences books' },
      { href: '/review', label: 'Review', also: 'unknown outcomes decisions' },
      { href: '/audit', label: 'Audit', also: 'changes who' },
    ],
  },
  {
    title: 'Account',
    pages: [
      { href: '/team', label: 'Team', also: 'members people roles invite' },
      { href: '/settings', label: 'Settings', also: 'colours theme account name' },
      { href: '/settings/security', label: 'Security', also: 'second factor totp password sessions sign-in' },
    ],
  },
]

export const DESTINATIONS: readonly Destination[] = SECTIONS.flatMap(({ pages }) => pages)

/** The page of the navigation that this address belongs to: the longest that it begins with. */
export function currentPage(path: string): string | undefined {
  return DESTINATIONS.map(({ href }) => href)
    .filter((href) => path === href || (href !== '/' && path.startsWith(`${href}/`)))
    .sort((a, b) => b.length - a.length)[0]
}

/** Pages whose words contain all that was typed, those that begin with it first. */
export function findPages(text: string): readonly Destination[] {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean)
  const score = ({ label }: Destination) => (label.toLowerCase().startsWith(typed[0] ?? '') ? 0 : 1)
  return DESTINATIONS.filter(({ label, also = '' }) =>
    typed.every((word) => `${label} ${also}`.toLowerCase().includes(word)),
  ).sort((a, b) => score(a) - score(b))
}
