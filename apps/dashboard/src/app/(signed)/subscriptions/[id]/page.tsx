import { SubscriptionDetail } from '../../../../billing/subscription-detail.tsx'

export const metadata = { title: 'Subscription' }

export default async function Page({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params
  return <SubscriptionDetail id={decodeURIComponent(id)} />
}
