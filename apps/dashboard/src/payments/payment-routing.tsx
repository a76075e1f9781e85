import Link from 'next/link'
import type { Routing } from 'onerouter'
import { HEALTH } from '../routing/health.ts'
import { Badge, words } from '../ui/badge.tsx'
import { Card } from '../ui/card.tsx'

const score = (value: number): string =>
  new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 }).format(value)

/** Every provider that was considered: who won, who fell, and why. */
export function PaymentRouting({ routing }: { readonly routing: Routing }) {
  const { reason, rule, version, strategy, trial, candidates } = routing
  const decided = [
    rule === null ? null : `rule “${rule}”`,
    version === null || version === 0 ? null : `version ${version}${trial ? ', on trial' : ''}`,
    strategy === null ? null : words(strategy).toLowerCase(),
  ].filter((part) => part !== null)
  return (
    <Card
      title="Why this provider"
      action={
        <Link href="/routing" prefetch={false} className="text-sm font-medium text-accent hover:underline">
          Rules
        </Link>
      }
    >
      <div className="px-4 py-4 text-sm sm:px-5">
        <p className="break-words">{reason}</p>
        {decided.length > 0 && (
          <p className="mt-1 break-words text-muted">Decided by {decided.join(', ')}.</p>
        )}
        <ol className="mt-3 grid gap-3">
          {candidates.map((one) => (
            <li key={one.provider}>
              <p className="flex flex-wrap items-center gap-2">
                <Badge tone={one.accepted ? 'good' : 'calm'}>{one.provider}</Badge>
                {one.health !== null && one.health !== 'closed' && (
                  <Badge tone={HEALTH[one.health][0]}>{HEALTH[one.health][1]}</Badge>
                )}
                {one.score !== null && (
                  <span className="text-xs tabular-nums text-muted">score {score(one.score)}</span>
                )}
              </p>
              <p className="mt-1 break-words text-muted">{one.reason}</p>
            </li>
          ))}
        </ol>
      </div>
    </Card>
  )
}
