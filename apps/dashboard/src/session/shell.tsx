import Link from 'next/link'
import type { ReactNode } from 'react'
import { buttonStyle } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import type { Session } from './auth.ts'
import type { Environment } from './client.ts'

interface ShellProps {
  readonly session: Session
  readonly environment: Environment
  readonly onEnvironment: (environment: Environment) => void
  readonly onSignOut: () => void
  readonly children: ReactNode
}

/** The frame of every page: where one is, in which environment, as whom. */
export function Shell({ session, environment, onEnvironment, onSignOut, children }: ShellProps) {
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-4 focus:top-3 focus:z-10 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      {environment === 'live' && (
        <p className="bg-wait-fill px-6 py-1.5 text-center text-sm font-medium text-wait">
          Live environment: what happens here moves real money.
        </p>
      )}
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-3 gap-y-2 sm:gap-x-6 px-4 py-3 sm:px-6">
          <Link href="/" className="flex items-center gap-2 font-semibold">
            <Logo />
            OneRouter
          </Link>
          <EnvironmentSwitch environment={environment} onChange={onEnvironment} />
          <div className="ml-auto flex min-w-0 items-center gap-3 text-sm">
            <span className="hidden truncate text-muted sm:inline">{session.user.email}</span>
            <button type="button" onClick={onSignOut} className={buttonStyle('quiet')}>
              Sign out
            </button>
          </div>
        </div>
      </header>
      <main id="content" className="mx-auto max-w-6xl px-4 py-6 sm:px-6 sm:py-8">
        {children}
      </main>
    </>
  )
}

const ENVIRONMENTS: readonly {
  readonly value: Environment
  readonly label: string
  readonly chosen: string
}[] = [
  { value: 'test', label: 'Test', chosen: 'bg-good-fill text-good' },
  { value: 'live', label: 'Live', chosen: 'bg-wait-fill text-wait' },
]

function EnvironmentSwitch({
  environment,
  onChange,
}: {
  readonly environment: Environment
  readonly onChange: (environment: Environment) => void
}) {
  return (
    <fieldset className="flex rounded-full border border-line p-0.5 text-sm">
      <legend className="sr-only">Environment</legend>
      {ENVIRONMENTS.map(({ value, label, chosen }) => (
        <label
          key={value}
          className={`cursor-pointer rounded-full px-3 py-0.5 font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent ${
            value === environment ? chosen : 'text-muted hover:text-ink'
          }`}
        >
          <input
            type="radio"
            name="environment"
            className="sr-only"
            checked={value === environment}
            onChange={() => onChange(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
