import { LogsPage } from '../../../logs/logs-page.tsx'

export const metadata = { title: 'Logs' }

export default function Page() {
  return <LogsPage />
}
