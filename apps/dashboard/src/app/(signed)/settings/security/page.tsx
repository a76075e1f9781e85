import { SecurityPage } from '../../../../settings/security-page.tsx'

export const metadata = { title: 'Security' }

export default function Page() {
  return <SecurityPage />
}
