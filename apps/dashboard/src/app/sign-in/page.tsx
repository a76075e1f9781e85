import { SignInForm } from '../../session/sign-in-form.tsx'

export const metadata = { title: 'Sign in' }

export default function SignInPage() {
  return <SignInForm />
}
