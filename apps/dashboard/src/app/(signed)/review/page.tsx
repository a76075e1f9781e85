import { ReviewPage } from '../../../books/review-page.tsx'

export const metadata = { title: 'Review' }

export default function Page() {
  return <ReviewPage />
}
