import { LinksPage } from '../../../links/links-page.tsx'

export const metadata = { title: 'Payment links' }

export default function Page() {
  return <LinksPage />
}
