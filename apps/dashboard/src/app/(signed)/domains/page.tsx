import { DomainsPage } from '../../../domains/domains-page.tsx'

export const metadata = { title: 'Domains' }

export default function Page() {
  return <DomainsPage />
}
