'use client'

import { useSearchParams } from 'next/navigation'
import type { OneRouter, Page } from 'onerouter'
import { type ReactNode, useCallback, useState } from 'react'
import type { Environment } from '../session/client.ts'
import { useStream } from '../session/live.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { type Filter, FilterBar, type Filters } from './filter-bar.tsx'
import { given } from './given.ts'
import { useHeld } from './held.ts'
import { PageHeader } from './page-header.tsx'
import { Empty, Failed, Loading } from './states.tsx'
import { type Column, Table } from './table.tsx'
import { usePolled } from './use-polled.ts'

/** What a list asks the API for. */
export interface ListQuery {
  readonly limit: number
  readonly startingAfter?: string
  readonly environment: Environment
}

export interface ListPageProps<T extends { readonly id: string }> {
  readonly title: string
  readonly text?: string
  /** Columns and the functions below must not be made anew in each render. */
  readonly columns: readonly Column<T>[]
  readonly filters?: readonly Filter[]
  readonly load: (client: OneRouter, query: ListQuery, filters: Filters) => PromiseLike<Page<T>>
  readonly empty: { readonly title: string; readonly text: string }
  /** Buttons in the page's head. */
  readonly action?: ReactNode
  /** What opens beside the list; `refresh` looks again at once. */
  readonly detail?: (row: T, refresh: () => void) => ReactNode
  readonly detailTitle?: (row: T) => string
  readonly above?: ReactNode
  /** Changing it looks again at once. */
  readonly version?: number
  /** Beginnings of the types of events that change the list: it hears of them. Not made anew in each render either. */
  readonly topics?: readonly string[]
  /** A stream of the list's own, for what has no events. */
  readonly tail?: (filters: Filters) => string
}

const PAGE = 25

/** The one shape of every list: filters that are part of the address, pages by cursor, updates by itself. */
export function ListPage<T extends { readonly id: string }>(props: ListPageProps<T>) {
  const { title, text, action, above, filters = [], topics, tail } = props
  const { environment } = useSigned()
  const [paused, setPaused] = useState(false)
  const search = useSearchParams()
  const chosen: Filters = Object.fromEntries(filters.map(({ name }) => [name, search.get(name) ?? undefined]))
  return (
    <>
      <PageHeader title={title} {...(text === undefined ? {} : { text })}>
        {(topics !== undefined || tail !== undefined) && (
          <button
            type="button"
            aria-pressed={paused}
            onClick={() => setPaused(!paused)}
            className={buttonStyle('quiet')}
          >
            {paused ? 'Paused' : 'Pause'}
          </button>
        )}
        {action}
      </PageHeader>
      {above}
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        {filters.length > 0 && <FilterBar filters={filters} chosen={chosen} />}
        {/* Another question starts on its own first page, with nothing of the answer before. */}
        <Rows
          key={`${environment}${JSON.stringify(chosen)}${props.version ?? 0}`}
          {...props}
          chosen={chosen}
          paused={paused}
        />
      </div>
    </>
  )
}

interface RowsProps<T extends { readonly id: string }> extends ListPageProps<T> {
  readonly chosen: Filters
  /** New rows wait until somebody asks for them. */
  readonly paused: boolean
}

const NO_ROWS: readonly never[] = []
const ANYTHING = [''] as const

function Rows<T extends { readonly id: string }>(props: RowsProps<T>) {
  const { load, chosen, columns, title, empty, detail, detailTitle, topics, tail } = props
  const { client, environment } = useSigned()
  const [cursors, setCursors] = useState<readonly string[]>([])
  const [openId, setOpenId] = useState<string | null>(null)
  const cursor = cursors.at(-1)
  const key = JSON.stringify(chosen)
  const look = useCallback(async () => {
    const query = { limit: PAGE, environment, ...(cursor === undefined ? {} : { startingAfter: cursor }) }
    const page = await load(client, query, JSON.parse(key) as Filters) // written by us, just above
    return { page, cursor }
  }, [client, environment, cursor, key, load])
  const own = useStream(tail === undefined ? null : `${tail(chosen)}&environment=${environment}`)
  const polling = tail === undefined ? given({ topics }) : { topics: ANYTHING, live: own }
  const { value, problem, refresh } = usePolled(look, polling)
  const held = useHeld(value?.page.data ?? NO_ROWS, value?.cursor ?? '', props.paused || openId !== null)
  if (value === null) return problem === null ? <Loading /> : <Failed problem={problem} onRetry={refresh} />
  const { hasMore, nextCursor } = value.page
  const data = held.rows
  const filtered = Object.values(chosen).some((one) => one !== undefined)
  const open = data.find(({ id }) => id === openId)
  return (
    <div aria-busy={value.cursor !== cursor}>
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      <Waiting count={held.waiting} onShow={held.show} />
      {data.length === 0 ? (
        <Empty title={filtered ? 'Nothing matches' : empty.title}>
          {wordsFor({ filtered, hasMore, empty })}
        </Empty>
      ) : (
        <Table
          label={title}
          columns={columns}
          rows={data}
          {...(detail === undefined ? {} : { onOpen: (row: T) => setOpenId(row.id) })}
        />
      )}
      <Pages cursors={cursors} next={hasMore ? nextCursor : null} onTurn={setCursors} />
      {detail !== undefined && (
        <Dialog
          place="side"
          open={open !== undefined}
          onClose={() => setOpenId(null)}
          title={open === undefined ? '' : (detailTitle?.(open) ?? open.id)}
        >
          {open !== undefined && detail(open, refresh)}
        </Dialog>
      )}
    </div>
  )
}

/** A page of a search can be empty and not the last. */
function wordsFor(found: { filtered: boolean; hasMore: boolean; empty: { readonly text: string } }): string {
  if (found.hasMore) return 'Nothing among the newest. “Older” looks further back.'
  return found.filtered ? 'Remove a filter to see more.' : found.empty.text
}

/** New rows that do not move what somebody reads: a button brings them. */
function Waiting({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  return (
    <div role="status" className="pointer-events-none sticky top-24 z-10 flex justify-center">
      {count > 0 && (
        <button
          type="button"
          onClick={onShow}
          className={`pointer-events-auto my-2 shadow-lg ${buttonStyle('main')}`}
        >
          {count} new
        </button>
      )}
    </div>
  )
}

/** Older and newer pages. The cursors are those of the pages before this one. */
function Pages(props: {
  readonly cursors: readonly string[]
  readonly next: string | null
  readonly onTurn: (cursors: readonly string[]) => void
}) {
  const { cursors, next, onTurn } = props
  if (cursors.length === 0 && next === null) return null
  return (
    <nav
      aria-label="Older and newer"
      className="flex items-center gap-2 border-t border-line px-4 py-3 sm:px-5"
    >
      <span className="mr-auto text-xs text-muted">Page {cursors.length + 1}, newest first</span>
      <button
        type="button"
        disabled={cursors.length === 0}
        onClick={() => onTurn(cursors.slice(0, -1))}
        className={buttonStyle('plain')}
      >
        Newer
      </button>
      <button
        type="button"
        disabled={next === null}
        onClick={() => next !== null && onTurn([...cursors, next])}
        className={buttonStyle('plain')}
      >
        Older
      </button>
    </nav>
  )
}
