import { ReconciliationPage } from '../../../books/reconciliation-page.tsx'

export const metadata = { title: 'Reconciliation' }

export default function Page() {
  return <ReconciliationPage />
}
