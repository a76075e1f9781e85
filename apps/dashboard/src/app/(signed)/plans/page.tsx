import { PlansPage } from '../../../billing/plans-page.tsx'

export const metadata = { title: 'Plans' }

export default function Page() {
  return <PlansPage />
}
