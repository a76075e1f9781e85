import type { Uuid } from '@onerouter/core'

/**
 * Many rows on their way into one statement: a column each, as arrays in PostgreSQL's binary format (`array_send` in its
 * source, and the `…_send` function of each type), which `unnest` makes rows of. Neither side then writes or reads a text
 * of what has a form already.
 */
interface Values {
  uuid: Uuid
  text: string
  int4: number
  int8: bigint
  float4: number
  timestamptz: Date
  /** Its text. */
  jsonb: string
  bytea: Buffer
}
export type ColumnType = keyof Values

/** Object ids of `pg_type.dat`; built-in types keep theirs for ever. */
const OIDS = {
  uuid: 2950,
  text: 25,
  int4: 23,
  int8: 20,
  float4: 700,
  timestamptz: 1184,
  jsonb: 3802,
  bytea: 17,
} as const satisfies Record<ColumnType, number>

/** How a column comes out of a row; what is null or missing is null. */
export interface Column<Row, T extends ColumnType = ColumnType> {
  readonly type: T
  readonly of: (row: Row) => Values[T] | null | undefined
}

/** Columns by name, in the order of their values. */
export type Columns<Row, Name extends string = string> = Readonly<
  Record<Name, { [T in ColumnType]: Column<Row, T> }[ColumnType]>
>

export const column = <Row, T extends ColumnType>(type: T, of: Column<Row, T>['of']): Column<Row, T> => ({
  type,
  of,
})

export const names = (columns: Columns<never>): string => Object.keys(columns).join(', ')

/** `unnest(…)` of the parameters from `$first` on. */
export function unnested<Row>(columns: Columns<Row>, first: number): string {
  const arrays = Object.values(columns).map(({ type }, i) => `$${first + i}::${type}[]`)
  return `unnest(${arrays.join(', ')})`
}

export function valuesOf<Row>(columns: Columns<Row>, rows: readonly Row[]): Buffer[] {
  return Object.values(columns).map(({ type, of }) => {
    out.begin(OIDS[type], rows.length)
    const write = WRITERS[type] as (value: unknown) => void // the writer of the very type that `of` gives
    for (const row of rows) {
      const value = of(row)
      if (value === null || value === undefined) out.null()
      else write(value)
    }
    return out.taken()
  })
}

const HEADER_BYTES = 20
const NULL_LENGTH = -1
/** A unit of a JavaScript string has three bytes at most. */
const BYTES_PER_UNIT = 3

/** Grows to the largest column there was; each column is copied out of it. */
const out = {
  bytes: Buffer.allocUnsafe(64 * 1024),
  at: 0,
  reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + length))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  },
  begin(oid: number, length: number): void {
    this.at = 0
    this.reserve(HEADER_BYTES)
    this.int(length === 0 ? 0 : 1)
    this.int(1)
    this.int(oid)
    if (length === 0) return
    this.int(length)
    this.int(1)
  },
  int(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  },
  null(): void {
    this.reserve(4)
    this.int(NULL_LENGTH)
  },
  /** Room for one value, behind its length. */
  sized(length: number): void {
    this.reserve(4 + length)
    this.int(length)
  },
  /** Text, whose length is known when it is written, behind so many bytes of a type's own. */
  text(value: string, before: number): void {
    this.reserve(4 + before + value.length * BYTES_PER_UNIT)
    const length = before + this.bytes.write(value, this.at + 4 + before)
    this.int(length)
    this.at += length
  },
  taken(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at))
  },
}

/** `timestamp.h`: microseconds since 2000-01-01. */
const EPOCH_MS = 946_684_800_000
const JSONB_VERSION = 1
const TWO_32 = 2 ** 32

const WRITERS: { readonly [T in ColumnType]: (value: Values[T]) => void } = {
  uuid(value) {
    out.sized(16)
    for (let i = 0; i < value.length; i++) {
      const high = value.charCodeAt(i)
      if (high === DASH) continue
      i += 1
      out.bytes[out.at] = (digit(high) << 4) | digit(value.charCodeAt(i))
      out.at += 1
    }
  },
  text: (value) => out.text(value, 0),
  int4(value) {
    out.sized(4)
    out.int(value)
  },
  int8(value) {
    out.sized(8)
    out.at = out.bytes.writeBigInt64BE(value, out.at)
  },
  float4(value) {
    out.sized(4)
    out.at = out.bytes.writeFloatBE(value, out.at)
  },
  timestamptz(value) {
    out.sized(8)
    const us = (value.getTime() - EPOCH_MS) * 1000
    const high = Math.floor(us / TWO_32)
    out.int(high)
    out.at = out.bytes.writeUInt32BE(us - high * TWO_32, out.at)
  },
  jsonb(value) {
    const from = out.at
    out.text(value, 1)
    out.bytes[from + 4] = JSONB_VERSION
  },
  bytea(value) {
    out.sized(value.length)
    out.at += value.copy(out.bytes, out.at)
  },
}

const DASH = 0x2d
const NINE = 0x39
/** Of a hexadecimal digit, whose letters may be of either case. */
const digit = (code: number): number => (code <= NINE ? code - 0x30 : (code | 0x20) - 0x61 + 10)
