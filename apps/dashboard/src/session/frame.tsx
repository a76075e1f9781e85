import type { ReactNode } from 'react'
import { Logo } from '../ui/logo.tsx'

/** What stands around everything before one is in. */
export function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-12">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2 text-lg font-semibold">
          <Logo />
          OneRouter
        </div>
        {children}
      </div>
    </main>
  )
}
