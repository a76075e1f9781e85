'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useId } from 'react'
import { inputStyle, type Option } from './field.tsx'

export type Filters = Readonly<Record<string, string | undefined>>

export interface Filter {
  readonly name: string
  readonly label: string
  /** Without options it is a text. */
  readonly options?: readonly Option[]
  /** What nothing chosen means; `All` if left out. */
  readonly none?: string
  /** Offered while a text is typed. */
  readonly suggestions?: readonly string[]
  readonly type?: 'date'
}

/** Filters are part of the address, so that a list can be sent to somebody, and Back works. */
export function FilterBar({
  filters,
  chosen,
}: {
  readonly filters: readonly Filter[]
  readonly chosen: Filters
}) {
  const router = useRouter()
  const path = usePathname()
  const set = (name: string, value: string) => {
    if (value === (chosen[name] ?? '')) return
    const next = { ...chosen, [name]: value === '' ? undefined : value }
    const pairs = Object.entries(next).flatMap(([key, one]) => (one === undefined ? [] : [[key, one]]))
    const search = new URLSearchParams(pairs).toString()
    router.replace(search === '' ? path : `${path}?${search}`, { scroll: false })
  }
  return (
    <search className="flex flex-wrap gap-3 border-b border-line px-4 py-3 sm:px-5">
      {filters.map((filter) => (
        <Control
          key={`${filter.name}=${chosen[filter.name] ?? ''}`}
          filter={filter}
          value={chosen[filter.name] ?? ''}
          onChange={(value) => set(filter.name, value)}
        />
      ))}
    </search>
  )
}

function Control({
  filter: { label, options, type, none = 'All', suggestions },
  value,
  onChange,
}: {
  readonly filter: Filter
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  return (
    <div className="w-[calc(50%-0.375rem)] sm:w-40">
      <label htmlFor={id} className="mb-1 block text-xs text-muted">
        {label}
      </label>
      {options === undefined ? (
        <>
          <input
            id={id}
            type={type ?? 'text'}
            list={suggestions === undefined ? undefined : `${id}-list`}
            defaultValue={value}
            className={inputStyle}
            onBlur={({ target }) => onChange(target.value.trim())}
            onKeyDown={(event) => event.key === 'Enter' && onChange(event.currentTarget.value.trim())}
          />
          {suggestions !== undefined && (
            <datalist id={`${id}-list`}>
              {suggestions.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      ) : (
        <select
          id={id}
          value={value}
          className={inputStyle}
          onChange={({ target }) => onChange(target.value)}
        >
          <option value="">{none}</option>
          {options.map(([one, text]) => (
            <option key={one} value={one}>
              {text}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
