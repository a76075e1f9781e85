import { DisputesPage } from '../../../disputes/disputes-page.tsx'

export const metadata = { title: 'Disputes' }

export default function Page() {
  return <DisputesPage />
}
