'use client'

import type { AnalyticsCosts } from 'onerouter'
import { useCallback } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { given } from '../ui/given.ts'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import type { TextColumn } from './csv.ts'
import type { QuestionProps } from './question.ts'
import { asked, rangeBefore, rangeOf } from './range.ts'
import { groupName, type KeyNames } from './series.ts'
import { TableCard } from './table-card.tsx'
import { percent } from './words.ts'

const EVERY_MS = 30_000
type Row = AnalyticsCosts['data'][number]
type Message = AnalyticsCosts['sms']['cost'][number]

/** What providers really took, and what that is of the money. */
export function Costs({ question }: QuestionProps) {
  const { client } = useSigned()
  const { range, group, keyNames } = question
  const { environment, timezone, provider, currency, method, keyId } = question.asked
  const load = useCallback(async () => {
    const now = rangeOf(range, Date.now())
    const filter = given({ environment, timezone, provider, currency, method, keyId, groupBy: group })
    const [costs, before] = await Promise.all([
      client.analytics.costs({ ...filter, ...asked(now) }),
      client.analytics.costs({ ...filter, ...asked(rangeBefore(now)) }),
    ])
    return { costs, before }
  }, [client, range, group, environment, timezone, provider, currency, method, keyId])
  const { value, problem, refresh } = usePolled(load, { everyMs: EVERY_MS })
  if (value === null) return problem === null ? <Loading /> : <Failed problem={problem} onRetry={refresh} />
  const { costs, before } = value
  return (
    <div className="grid gap-6">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      <TableCard
        title="Fees"
        columns={columnsOf(before, keyNames, group)}
        rows={costs.data}
        empty="No payment was captured."
      />
      <TableCard title="SMS" columns={MESSAGES} rows={costs.sms.cost} empty="No message had a price." />
      <p className="text-sm text-muted">
        Fees can arrive days after a payment: “Known” says of how many they have. A rate is only told where
        the fee is in the payment’s own currency.
      </p>
    </div>
  )
}

const routeName = ({ provider, method }: Row['group']) =>
  [provider, method].filter((one) => one !== null).join(', ')
const sameAs = (row: Row) => (other: Row) =>
  other.currency === row.currency && JSON.stringify(other.group) === JSON.stringify(row.group)

function columnsOf(
  before: AnalyticsCosts,
  keys: KeyNames,
  group: string | undefined,
): readonly TextColumn<Row>[] {
  const name = (row: Row) => (group === undefined ? routeName(row.group) : groupName(row.group, keys))
  return [
    { heading: 'Where', text: name },
    { heading: 'Currency', text: ({ currency }) => currency },
    { heading: 'Payments', right: true, wide: true, text: ({ payments }) => payments },
    { heading: 'Captured', right: true, money: true, text: ({ captured }) => captured.amount },
    {
      heading: 'Fees',
      right: true,
      text: ({ fees }) => fees.map(({ amount, currency }) => `${amount} ${currency}`).join(', ') || null,
    },
    { heading: 'Known', right: true, wide: true, text: ({ withKnownFee }) => withKnownFee },
    { heading: 'Rate', right: true, text: ({ effectiveRate }) => percent(effectiveRate, 2) },
    {
      heading: 'Rate before',
      right: true,
      wide: true,
      text: (row) => percent(before.data.find(sameAs(row))?.effectiveRate ?? null, 2),
    },
  ]
}

const MESSAGES: readonly TextColumn<Message>[] = [
  { heading: 'Currency', text: ({ currency }) => currency },
  { heading: 'Cost', right: true, money: true, text: ({ amount }) => amount },
]
