import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'OneRouter', template: '%s · OneRouter' },
  robots: { index: false, follow: false },
}

/** Each answer has a nonce of its own, which a page made at build time could not carry. */
export const dynamic = 'force-dynamic'

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
