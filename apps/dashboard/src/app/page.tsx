import { Home } from '../payments/home.tsx'
import { SignedIn } from '../session/signed-in.tsx'

export const metadata = { title: 'Payments' }

export default function HomePage() {
  return (
    <SignedIn>
      <Home />
    </SignedIn>
  )
}
