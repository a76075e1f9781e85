import { SmsPage } from '../../../sms/sms-page.tsx'

export const metadata = { title: 'SMS' }

export default function Page() {
  return <SmsPage />
}
