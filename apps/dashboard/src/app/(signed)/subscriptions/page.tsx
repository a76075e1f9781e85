import { SubscriptionsPage } from '../../../billing/subscriptions-page.tsx'

export const metadata = { title: 'Subscriptions' }

export default function Page() {
  return <SubscriptionsPage />
}
