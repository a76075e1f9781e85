import type { ReactNode } from 'react'

export interface Column<T> {
  readonly heading: string
  readonly cell: (row: T) => ReactNode
  /** Left out on small screens. */
  readonly wide?: boolean
  readonly right?: boolean
}

const CELL = 'px-2 py-3 sm:px-3 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'
const styleOf = <T,>({ wide, right }: Column<T>): string =>
  `${CELL} ${wide === true ? 'hidden md:table-cell' : ''} ${right === true ? 'text-right' : ''}`

/** Rows under headings. With `onOpen` the first cell opens its row. */
export function Table<T extends { readonly id: string }>({
  label,
  columns,
  rows,
  onOpen,
}: {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly onOpen?: ((row: T) => void) | undefined
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={label}>
      <table className="w-full text-left text-sm">
        <caption className="sr-only">{label}</caption>
        <thead className="text-xs text-muted">
          <tr>
            {columns.map((column) => (
              <th key={column.heading} scope="col" className={`${styleOf(column)} font-medium`}>
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="border-t border-line align-top hover:bg-raised">
              {columns.map((column, index) => (
                <td key={column.heading} className={styleOf(column)}>
                  {index === 0 && onOpen !== undefined ? (
                    <button
                      type="button"
                      onClick={() => onOpen(row)}
                      className="text-left font-medium hover:underline"
                    >
                      {column.cell(row)}
                    </button>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
