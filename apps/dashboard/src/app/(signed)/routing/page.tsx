import { RoutingPage } from '../../../routing/routing-page.tsx'

export const metadata = { title: 'Routing' }

export default function Page() {
  return <RoutingPage />
}
