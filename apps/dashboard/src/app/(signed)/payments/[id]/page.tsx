import { PaymentDetail } from '../../../../payments/payment-detail.tsx'

export const metadata = { title: 'Payment' }

export default async function Page({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params
  return <PaymentDetail id={decodeURIComponent(id)} />
}
