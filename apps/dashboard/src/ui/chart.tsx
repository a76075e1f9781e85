'use client'

import { type PointerEvent, useState } from 'react'
import { ticks } from './ticks.ts'

export interface Series {
  readonly name: string
}
/** One interval: where it begins, and how much of each series is in it. */
export interface Column {
  readonly at: number
  readonly values: readonly number[]
}

interface ChartProps {
  /** What it shows, in a sentence for those who do not see it. The numbers are in a table beside it. */
  readonly label: string
  readonly fromMs: number
  readonly toMs: number
  /** About how long one column is. */
  readonly stepMs: number
  readonly series: readonly Series[]
  readonly columns: readonly Column[]
  /** The same intervals of the period before, moved into this one: a line across. */
  readonly before?: readonly Column[]
  readonly format: (value: number) => string
  /** Of the scale, where there is little room; as `format` if left out. */
  readonly formatMark?: (value: number) => string
  readonly formatTime: (atMs: number) => string
}

const [WIDTH, HEIGHT] = [720, 220]
const ROOM = { left: 48, right: 8, top: 10, bottom: 22 } as const
const TICKS = 4
const TIMES = 5
/** Apart in lightness as well as in hue; see globals.css. */
const FILLS = [
  'fill-series-1',
  'fill-series-2',
  'fill-series-3',
  'fill-series-4',
  'fill-series-5',
  'fill-series-6',
] as const
const DOTS = [
  'bg-series-1',
  'bg-series-2',
  'bg-series-3',
  'bg-series-4',
  'bg-series-5',
  'bg-series-6',
] as const
const sumOf = ({ values }: Column): number => values.reduce((sum, value) => sum + value, 0)

/** Columns over time, parts upon each other. One column at a time is read out below, by pointer or by arrow keys. */
export function Chart(props: ChartProps) {
  const { label, fromMs, toMs, stepMs, series, columns, before = [], format, formatTime } = props
  const { formatMark = format } = props
  const [at, setAt] = useState<number | null>(null)
  const highest = Math.max(0, ...columns.map(sumOf), ...before.map(sumOf))
  const marks = ticks(highest, TICKS)
  const top = marks.at(-1) ?? 1
  const x = (ms: number) => ROOM.left + ((ms - fromMs) / (toMs - fromMs)) * (WIDTH - ROOM.left - ROOM.right)
  const y = (value: number) => HEIGHT - ROOM.bottom - (value / top) * (HEIGHT - ROOM.top - ROOM.bottom)
  const chosen = Math.min(at ?? columns.length - 1, columns.length - 1)
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const place = ((event.clientX - box.left) / box.width) * WIDTH
    const near = columns.map((column) => Math.abs(x(column.at + stepMs / 2) - place))
    setAt(near.indexOf(Math.min(...near)))
  }
  return (
    <figure className="px-4 py-4 sm:px-5">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="overflow-x-auto">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={label}
          onPointerMove={point}
          className="w-full min-w-xl"
        >
          <Axes marks={marks} {...{ x, y, fromMs, toMs, formatTime }} format={formatMark} />
          {columns.map((column, place) => (
            <Stack
              key={column.at}
              column={column}
              dim={at !== null && place !== chosen}
              {...{ x, y, stepMs, fromMs }}
            />
          ))}
          {before.length > 1 && (
            <polyline
              points={before.map((column) => `${x(column.at + stepMs / 2)},${y(sumOf(column))}`).join(' ')}
              className="fill-none stroke-muted"
              strokeWidth={1.5}
              strokeDasharray="4 4"
            />
          )}
        </svg>
      </section>
      <Legend series={series} compared={before.length > 1} />
      <Readout {...{ label, series, columns, format, formatTime, chosen }} onChoose={setAt} />
    </figure>
  )
}

type Place = (value: number) => number

function Axes(props: {
  readonly marks: readonly number[]
  readonly x: Place
  readonly y: Place
  readonly fromMs: number
  readonly toMs: number
  readonly format: (value: number) => string
  readonly formatTime: (atMs: number) => string
}) {
  const { marks, x, y, fromMs, toMs, format, formatTime } = props
  const times = Array.from({ length: TIMES }, (_, place) => fromMs + ((toMs - fromMs) * place) / TIMES)
  return (
    <g className="fill-muted text-[11px]">
      {marks.map((mark) => (
        <g key={mark}>
          <line x1={ROOM.left} x2={WIDTH - ROOM.right} y1={y(mark)} y2={y(mark)} className="stroke-line" />
          <text x={ROOM.left - 8} y={y(mark) + 4} textAnchor="end">
            {format(mark)}
          </text>
        </g>
      ))}
      {times.map((ms) => (
        <text key={ms} x={x(ms)} y={HEIGHT - 6}>
          {formatTime(ms)}
        </text>
      ))}
    </g>
  )
}

function Stack(props: {
  readonly column: Column
  readonly dim: boolean
  readonly x: Place
  readonly y: Place
  readonly stepMs: number
  readonly fromMs: number
}) {
  const { column, dim, x, y, stepMs, fromMs } = props
  const left = Math.max(x(column.at), ROOM.left)
  const width = Math.max(1, (x(fromMs + stepMs) - x(fromMs)) * 0.8)
  let below = 0
  const parts = column.values.map((value, place) => {
    const from = below
    below += value
    return { from, to: below, fill: FILLS[place % FILLS.length] ?? FILLS[0] }
  })
  return (
    <g opacity={dim ? 0.6 : 1}>
      {parts.map(({ from, to, fill }) =>
        to === from ? null : (
          <rect key={fill} x={left} width={width} y={y(to)} height={y(from) - y(to)} className={fill} />
        ),
      )}
    </g>
  )
}

function Legend({ series, compared }: { readonly series: readonly Series[]; readonly compared: boolean }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {series.map(({ name }, place) => (
        <li key={name} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`size-2.5 rounded-sm ${DOTS[place % DOTS.length] ?? ''}`} />
          <span className="max-w-40 truncate">{name}</span>
        </li>
      ))}
      {compared && (
        <li className="flex items-center gap-1.5">
          <span aria-hidden="true" className="w-4 border-t border-dashed border-muted" />
          The period before
        </li>
      )}
    </ul>
  )
}

/** One column in words; a native slider makes it reachable by keyboard and screen reader. */
function Readout(props: {
  readonly label: string
  readonly series: readonly Series[]
  readonly columns: readonly Column[]
  readonly chosen: number
  readonly format: (value: number) => string
  readonly formatTime: (atMs: number) => string
  readonly onChoose: (place: number) => void
}) {
  const { label, series, columns, chosen, format, formatTime, onChoose } = props
  const column = columns[chosen]
  if (column === undefined) return null
  const parts = series.flatMap(({ name }, place) => {
    const value = column.values[place] ?? 0
    return value === 0 && series.length > 1 ? [] : [`${name} ${format(value)}`]
  })
  const text = `${formatTime(column.at)}: ${parts.length === 0 ? format(0) : parts.join(', ')}`
  return (
    <div className="mt-2 grid gap-1">
      <input
        type="range"
        min={0}
        max={columns.length - 1}
        value={chosen}
        aria-label={`Interval: ${label}`}
        aria-valuetext={text}
        onChange={({ target }) => onChoose(target.valueAsNumber)}
        className="h-6 w-full accent-accent-fill"
      />
      <p className="min-h-10 break-words text-sm tabular-nums">{text}</p>
    </div>
  )
}
