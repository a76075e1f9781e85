import { Entrance } from '../../session/entrance.tsx'

export const metadata = { title: 'Sign in' }

export default function SignInPage() {
  return <Entrance to="sign-in" />
}
