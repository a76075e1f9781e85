'use client'

import type { AuditAction, AuditEntry, OneRouter } from 'onerouter'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Code, Facts, Json } from '../ui/facts.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const TONES = { created: 'good', updated: 'wait', deleted: 'bad' } as const satisfies Record<
  AuditAction,
  Tone
>
const ACTIONS: readonly AuditAction[] = ['created', 'updated', 'deleted']
const FILTERS: readonly Filter[] = [
  { name: 'action', label: 'Action', options: optionsOf(ACTIONS) },
  { name: 'subject', label: 'Subject' },
  { name: 'actor', label: 'Actor' },
  { name: 'since', label: 'Since', type: 'date' },
]
const who = ({ actor }: AuditEntry) => actor.name ?? actor.id ?? actor.type
const action = (entry: AuditEntry) => <Badge tone={TONES[entry.action]}>{words(entry.action)}</Badge>
const COLUMNS: readonly Column<AuditEntry>[] = [
  { heading: 'Subject', cell: ({ subject }) => words(subject.type) },
  { heading: 'Action', cell: action },
  { heading: 'By', wide: true, cell: who },
  { heading: 'Environment', wide: true, cell: ({ environment }) => environment ?? 'both' },
  { heading: 'At', cell: ({ createdAt }) => <Time at={createdAt} seconds /> },
]
const load = (client: OneRouter, { limit, startingAfter }: ListQuery, filters: Filters) =>
  client.audit.list({
    limit,
    ...given({
      startingAfter,
      action: choice(ACTIONS, filters['action']),
      subjectType: filters['subject'],
      actorId: filters['actor'],
      created: since(filters['since']),
    }),
  })

export function AuditPage() {
  return (
    <ListPage
      title="Audit"
      text="Who changed which setting of this account, and how it was before. Entries are chained by their hashes."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      empty={{
        title: 'Nothing was changed yet',
        text: 'Each change of a setting, key or credential appears here.',
      }}
      detailTitle={({ subject, action: done }) => `${words(subject.type)} ${done}`}
      detail={(entry) => (
        <>
          <Facts
            facts={[
              ['Number', entry.sequence],
              ['Subject', <Code key="subject">{entry.subject.id}</Code>],
              ['By', `${who(entry)} (${entry.actor.type})`],
              ['Request', entry.requestId && <Code key="request">{entry.requestId}</Code>],
              ['Hash', <Code key="hash">{entry.hash}</Code>],
              ['At', <Time key="at" at={entry.createdAt} seconds />],
            ]}
          />
          <h3 className="mt-5 text-sm font-semibold">Before</h3>
          <Json value={entry.before} label="Before" />
          <h3 className="mt-4 text-sm font-semibold">After</h3>
          <Json value={entry.after} label="After" />
        </>
      )}
    />
  )
}
