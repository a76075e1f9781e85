import { Home } from '../../home/home.tsx'

export const metadata = { title: 'Home' }

export default function Page() {
  return <Home />
}
