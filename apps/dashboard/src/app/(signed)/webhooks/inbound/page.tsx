import { InboundPage } from '../../../../webhooks/inbound-page.tsx'

export const metadata = { title: 'Inbound webhooks' }

export default function Page() {
  return <InboundPage />
}
