import { KeysPage } from '../../../keys/keys-page.tsx'

export const metadata = { title: 'API keys' }

export default function Page() {
  return <KeysPage />
}
