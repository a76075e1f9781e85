import { MethodsPage } from '../../../methods/methods-page.tsx'

export const metadata = { title: 'Payment methods' }

export default function Page() {
  return <MethodsPage />
}
