'use client'

import type { AnalyticsOverview, AnalyticsTimeseries } from 'onerouter'
import { useCallback } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { Chart, type Column } from '../ui/chart.tsx'
import { type Figure, Figures } from '../ui/figures.tsx'
import { given } from '../ui/given.ts'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import type { TextColumn } from './csv.ts'
import type { Question, QuestionProps } from './question.ts'
import { asked, intervalFor, lengthOf, rangeBefore, rangeOf } from './range.ts'
import { capturedIn, currenciesOf, groupName, picture, ranked } from './series.ts'
import { TableCard } from './table-card.tsx'
import { change, count, moneyNamer, percent, short, timeNamer } from './words.ts'

const EVERY_MS = 30_000
type Row = AnalyticsTimeseries['data'][number]
type Found = NonNullable<ReturnType<typeof useUsage>['value']>

/** How many payments there were, how they ended, and what they came to; beside the period before. */
export function Usage({ question }: QuestionProps) {
  const { value, problem, refresh } = useUsage(question)
  if (value === null) return problem === null ? <Loading /> : <Failed problem={problem} onRetry={refresh} />
  return (
    <div className="grid gap-6">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      <Figures label="Usage" figures={figuresOf(value.overview, value.overviewBefore)} />
      <PaymentsOverTime found={value} question={question} />
      {currenciesOf(value.series.data).map((currency) => (
        <MoneyOverTime key={currency} currency={currency} found={value} question={question} />
      ))}
      <ByCurrency overview={value.overview} />
    </div>
  )
}

function useUsage({ range, interval: wished, group, asked: about }: Question) {
  const { client } = useSigned()
  const { environment, timezone, provider, currency, method, keyId } = about
  const load = useCallback(async () => {
    const now = rangeOf(range, Date.now())
    const past = rangeBefore(now)
    const interval = intervalFor(now, wished)
    const filter = given({ environment, timezone, provider, currency, method, keyId })
    const grouped = given({ ...filter, interval, groupBy: group })
    const [overview, overviewBefore, series, seriesBefore] = await Promise.all([
      client.analytics.overview({ ...filter, ...asked(now) }),
      client.analytics.overview({ ...filter, ...asked(past) }),
      client.analytics.timeseries({ ...grouped, ...asked(now) }),
      client.analytics.timeseries({ ...given({ ...filter, interval }), ...asked(past) }),
    ])
    return { now, interval, overview, overviewBefore, series, seriesBefore }
  }, [client, range, wished, group, environment, timezone, provider, currency, method, keyId])
  return usePolled(load, { everyMs: EVERY_MS })
}

const beside = (now: number, before: number): string => {
  const rate = change(now, before)
  return rate === null ? 'none before' : `${rate > 0 ? '+' : ''}${percent(rate, 0)} to before`
}

function figuresOf(now: AnalyticsOverview, before: AnalyticsOverview): readonly Figure[] {
  const { payments, refunds, subscriptions, webhooks, sms } = now
  const mrr = subscriptions.mrr.map(({ amount, currency }) => `${amount} ${currency}`).join(', ')
  return [
    {
      label: 'Payments',
      value: count(payments.total),
      note: `${beside(payments.total, before.payments.total)}, ${count(payments.open)} open`,
    },
    {
      label: 'Success',
      value: percent(payments.successRate),
      note: `${percent(before.payments.successRate)} before, ${count(payments.failed)} failed`,
    },
    {
      label: 'Refunds',
      value: count(refunds.total),
      note: `${beside(refunds.total, before.refunds.total)}, ${count(refunds.failed)} failed`,
    },
    {
      label: 'Monthly recurring',
      value: mrr === '' ? '–' : mrr,
      note: `${count(subscriptions.active)} active, churn ${percent(subscriptions.churnRate)}`,
    },
    {
      label: 'Webhook deliveries',
      value: percent(webhooks.successRate),
      note: `${count(webhooks.delivered)} delivered, ${count(webhooks.failed)} failed, ${count(webhooks.pending)} waiting`,
    },
    {
      label: 'SMS',
      value: count(sms.total),
      note: `${count(sms.delivered)} delivered, ${count(sms.failed)} failed`,
    },
  ]
}

/** The period before, moved into this one. */
const moved = (columns: readonly Column[], byMs: number): readonly Column[] =>
  columns.map(({ at, values }) => ({ at: at + byMs, values }))

function PaymentsOverTime({ found, question }: { readonly found: Found } & QuestionProps) {
  const { series, seriesBefore, now, interval } = found
  const nameOf = ({ group }: Row) =>
    question.group === undefined ? 'Payments' : groupName(group, question.keyNames)
  const total = ({ payments }: Row) => payments.total
  const shown = picture(series.data, total, nameOf)
  const before = picture(seriesBefore.data, total, () => 'Before')
  const timeName = timeNamer(interval, question.zone)
  const columns: readonly TextColumn<Row>[] = [
    { heading: 'From', text: ({ start }) => timeName(Date.parse(start)) },
    ...(question.group === undefined ? [] : [{ heading: 'Group', text: nameOf }]),
    { heading: 'Payments', right: true, text: total },
    { heading: 'Succeeded', right: true, text: ({ payments }) => payments.succeeded },
    { heading: 'Failed', right: true, wide: true, text: ({ payments }) => payments.failed },
    { heading: 'Open', right: true, wide: true, text: ({ payments }) => payments.open },
    { heading: 'Success', right: true, text: ({ payments }) => percent(payments.successRate) },
  ]
  return (
    <TableCard title="Payments over time" columns={columns} rows={series.data} empty="No payment was made.">
      <Chart
        label={`Payments by ${interval}`}
        fromMs={now.fromMs}
        toMs={now.toMs}
        stepMs={lengthOf(interval)}
        {...shown}
        before={moved(before.columns, now.toMs - now.fromMs)}
        format={short}
        formatTime={timeName}
      />
    </TableCard>
  )
}

function MoneyOverTime(props: { readonly currency: string; readonly found: Found } & QuestionProps) {
  const { currency, found, question } = props
  const { series, seriesBefore, now, interval } = found
  const captured = capturedIn(currency)
  const rows = series.data.filter(({ currencies }) => currencies.some((one) => one.currency === currency))
  const sums = (row: Row) => row.currencies.find((one) => one.currency === currency)
  const money = moneyNamer(rows[0] === undefined ? '' : (sums(rows[0])?.captured.amount ?? ''))
  const nameOf = ({ group }: Row) =>
    question.group === undefined ? 'Captured' : groupName(group, question.keyNames)
  const timeName = timeNamer(interval, question.zone)
  const columns: readonly TextColumn<Row>[] = [
    { heading: 'From', text: ({ start }) => timeName(Date.parse(start)) },
    ...(question.group === undefined ? [] : [{ heading: 'Group', text: nameOf }]),
    { heading: 'Captured', right: true, money: true, text: (row) => sums(row)?.captured.amount ?? null },
    { heading: 'Refunded', right: true, money: true, text: (row) => sums(row)?.refunded.amount ?? null },
    {
      heading: 'Requested',
      right: true,
      money: true,
      wide: true,
      text: (row) => sums(row)?.requested.amount ?? null,
    },
  ]
  return (
    <TableCard title={`Money in ${currency}`} columns={columns} rows={rows} empty="Nothing was captured.">
      <Chart
        label={`Captured ${currency} by ${interval}`}
        fromMs={now.fromMs}
        toMs={now.toMs}
        stepMs={lengthOf(interval)}
        {...picture(
          rows,
          captured,
          nameOf,
          ranked(series.data, ({ payments }) => payments.total, nameOf),
        )}
        before={moved(picture(seriesBefore.data, captured, () => '').columns, now.toMs - now.fromMs)}
        format={(minor) => `${money(minor)} ${currency}`}
        formatMark={money}
        formatTime={timeName}
      />
    </TableCard>
  )
}

type Sums = AnalyticsOverview['currencies'][number]
const BY_CURRENCY: readonly TextColumn<Sums>[] = [
  { heading: 'Currency', text: ({ currency }) => currency },
  { heading: 'Payments', right: true, text: ({ payments }) => payments.total },
  { heading: 'Success', right: true, text: ({ payments }) => percent(payments.successRate) },
  { heading: 'Captured', right: true, money: true, text: ({ captured }) => captured.amount },
  { heading: 'Refunded', right: true, money: true, wide: true, text: ({ refunded }) => refunded.amount },
  {
    heading: 'Fees',
    right: true,
    wide: true,
    text: ({ fees }) => fees.map(({ amount, currency }) => `${amount} ${currency}`).join(', ') || null,
  },
]

function ByCurrency({ overview }: { readonly overview: AnalyticsOverview }) {
  return (
    <TableCard
      title="By currency"
      columns={BY_CURRENCY}
      rows={overview.currencies}
      empty="No payment was made."
    />
  )
}
