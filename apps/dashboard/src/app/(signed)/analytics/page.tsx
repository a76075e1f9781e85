import { AnalyticsPage } from '../../../analytics/analytics-page.tsx'

export const metadata = { title: 'Analytics' }

export default function Page() {
  return <AnalyticsPage />
}
