import { PaymentsPage } from '../../../payments/payments-page.tsx'

export const metadata = { title: 'Payments' }

export default function Page() {
  return <PaymentsPage />
}
