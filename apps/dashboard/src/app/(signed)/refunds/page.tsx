import { RefundsPage } from '../../../refunds/refunds-page.tsx'

export const metadata = { title: 'Refunds' }

export default function Page() {
  return <RefundsPage />
}
