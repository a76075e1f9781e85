'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import type { Session } from '../session/auth.ts'
import type { Environment } from '../session/client.ts'
import { buttonStyle } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Logo } from '../ui/logo.tsx'
import { EnvironmentSwitch } from './environment-switch.tsx'
import { LiveMark } from './live-state.tsx'
import { NavList } from './nav-list.tsx'
import { Palette } from './palette.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

interface ShellProps {
  readonly session: Session
  readonly environment: Environment
  readonly onEnvironment: (environment: Environment) => void
  readonly onSignOut: () => void
  readonly children: ReactNode
}

/** Seen at all times, in colour and in words. */
const BANNERS = {
  test: ['bg-good-fill text-good', 'Test environment: no real money moves.'],
  live: ['bg-wait-fill text-wait', 'Live environment: what happens here moves real money.'],
} as const satisfies Record<Environment, readonly [string, string]>

/** The frame of every page: where one is, in which environment, as whom. */
export function Shell(props: ShellProps) {
  const { environment, children } = props
  const path = usePathname()
  const [style, sentence] = BANNERS[environment]
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-4 focus:top-3 focus:z-30 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-20">
        <p data-environment={environment} className={`px-4 py-1 text-center text-xs font-medium ${style}`}>
          {sentence}
        </p>
        <Bar {...props} path={path} />
      </header>
      <div className="mx-auto flex max-w-[90rem]">
        <div className="sticky top-[5.25rem] hidden h-[calc(100dvh-5.25rem)] w-52 shrink-0 overflow-y-auto px-3 py-6 lg:block">
          <NavList path={path} />
        </div>
        <main id="content" className="min-w-0 flex-1 px-4 py-6 sm:px-6 sm:py-8">
          {children}
        </main>
      </div>
    </>
  )
}

function Bar({
  session,
  environment,
  onEnvironment,
  onSignOut,
  path,
}: ShellProps & { readonly path: string }) {
  const [menu, setMenu] = useState(false)
  const [palette, setPalette] = useState(false)
  return (
    <div className="border-b border-line bg-surface">
      <div className="mx-auto flex max-w-[90rem] items-center gap-2 px-4 py-2.5 sm:gap-4 sm:px-6">
        <button
          type="button"
          onClick={() => setMenu(true)}
          aria-label="Open the navigation"
          className="-ml-2 grid size-9 place-items-center rounded-lg hover:bg-raised lg:hidden"
        >
          <span aria-hidden="true">☰</span>
        </button>
        <Link href="/" className="flex items-center gap-2 font-semibold" aria-label="OneRouter, home">
          <Logo />
          <span className="hidden sm:inline">OneRouter</span>
        </Link>
        <EnvironmentSwitch environment={environment} onChange={onEnvironment} />
        <button
          type="button"
          onClick={() => setPalette(true)}
          className="ml-auto hidden items-center gap-6 rounded-lg border border-line px-3 py-1.5 text-sm text-muted hover:bg-raised sm:flex"
        >
          Go to…
          <kbd className="font-sans text-xs">Ctrl K</kbd>
        </button>
        <div className="ml-auto flex min-w-0 items-center gap-1 text-sm sm:ml-0 sm:gap-2">
          <span className="hidden max-w-52 truncate text-muted xl:inline">{session.user.email}</span>
          <LiveMark />
          <ThemeSwitch />
          <button type="button" onClick={onSignOut} className={buttonStyle('quiet')}>
            Sign out
          </button>
        </div>
      </div>
      <Dialog place="side" open={menu} onClose={() => setMenu(false)} title="OneRouter">
        <NavList path={path} onGo={() => setMenu(false)} />
      </Dialog>
      <Palette open={palette} onOpen={setPalette} />
    </div>
  )
}
