import { DeliveriesPage } from '../../../../webhooks/deliveries-page.tsx'

export const metadata = { title: 'Deliveries' }

export default function Page() {
  return <DeliveriesPage />
}
