import { SavedMethodsPage } from '../../../methods/saved-methods-page.tsx'

export const metadata = { title: 'Saved methods' }

export default function Page() {
  return <SavedMethodsPage />
}
