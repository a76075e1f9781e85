import { AuditPage } from '../../../logs/audit-page.tsx'

export const metadata = { title: 'Audit' }

export default function Page() {
  return <AuditPage />
}
