import { PaymentDetail } from '../../../payments/payment-detail.tsx'
import { SignedIn } from '../../../session/signed-in.tsx'

export const metadata = { title: 'Payment' }

export default async function PaymentPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params
  return (
    <SignedIn>
      <PaymentDetail id={decodeURIComponent(id)} />
    </SignedIn>
  )
}
