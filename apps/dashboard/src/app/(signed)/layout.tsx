import type { ReactNode } from 'react'
import { SignedIn } from '../../session/signed-in.tsx'

/** One frame around all pages behind the sign-in; it stays while they change. */
export default function SignedLayout({ children }: { readonly children: ReactNode }) {
  return <SignedIn>{children}</SignedIn>
}
