import { ServicesPage } from '../../../services/services-page.tsx'

export const metadata = { title: 'Services' }

export default function Page() {
  return <ServicesPage />
}
