import { EndpointsPage } from '../../../webhooks/endpoints-page.tsx'

export const metadata = { title: 'Webhooks' }

export default function Page() {
  return <EndpointsPage />
}
