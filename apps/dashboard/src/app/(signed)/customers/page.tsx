import { CustomersPage } from '../../../billing/customers-page.tsx'

export const metadata = { title: 'Customers' }

export default function Page() {
  return <CustomersPage />
}
