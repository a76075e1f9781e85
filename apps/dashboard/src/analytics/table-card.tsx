'use client'

import type { ReactNode } from 'react'
import { grouped } from '../payments/grouped.ts'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Empty } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { csvOf, type TextColumn } from './csv.ts'
import { count } from './words.ts'

interface TableCardProps<T> {
  readonly title: string
  readonly columns: readonly TextColumn<T>[]
  readonly rows: readonly T[]
  readonly empty: string
  /** Shown above the table, which says the same in words. */
  readonly children?: ReactNode
}

/** Numbers as a table, to be read here or taken along as CSV. */
export function TableCard<T>({ title, columns, rows, empty, children }: TableCardProps<T>) {
  return (
    <Card
      title={title}
      action={
        rows.length > 0 && (
          <button
            type="button"
            className={buttonStyle('quiet')}
            onClick={() => save(title, csvOf(columns, rows))}
          >
            CSV<span className="sr-only"> of {title}</span>
          </button>
        )
      }
    >
      {rows.length === 0 ? (
        <Empty title="Nothing in this time">{empty}</Empty>
      ) : children === undefined ? (
        <Rows title={title} columns={columns} rows={rows} />
      ) : (
        <>
          {children}
          <details className="border-t border-line">
            <summary className="cursor-pointer px-4 py-3 text-sm font-medium sm:px-5">As a table</summary>
            <Rows title={title} columns={columns} rows={rows} />
          </details>
        </>
      )}
    </Card>
  )
}

interface Numbered<T> {
  readonly id: string
  readonly row: T
}

function Rows<T>({ title, columns, rows }: Pick<TableCardProps<T>, 'title' | 'columns' | 'rows'>) {
  return (
    <Table
      label={title}
      rows={rows.map((row, place) => ({ id: String(place), row }))}
      columns={columns.map(({ heading, text, right, wide, money }) => ({
        heading,
        right: right === true,
        wide: wide === true,
        cell: ({ row }: Numbered<T>) => shown(text(row), money === true),
      }))}
    />
  )
}

function shown(value: string | number | null, money: boolean): ReactNode {
  if (value === null) return <span className="text-muted">–</span>
  const text = typeof value === 'number' ? count(value) : money ? grouped(value) : value
  return <span className="tabular-nums">{text}</span>
}

/** Hands a file to the browser without asking anybody: nothing is sent. */
function save(title: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`
  link.click()
  URL.revokeObjectURL(url)
}
