import type pg from 'pg'

/** Bytes on disk by table, and by index of each. */
export interface Sizes {
  readonly tables: ReadonlyMap<string, TableSize>
  readonly walBytes: bigint
}

export interface TableSize {
  /** Rows themselves, with what was moved out of them and the maps of free and visible pages. */
  readonly rows: number
  readonly indexes: ReadonlyMap<string, number>
}

/** A partition counts as the table that it is a part of. */
const SIZES = `select coalesce(parent.relname, t.relname) as name,
    pg_table_size(t.oid)::float8 as rows,
    coalesce((select json_object_agg(i.indexrelid::regclass::text, pg_relation_size(i.indexrelid))
      from pg_index i where i.indrelid = t.oid), '{}') as indexes
  from pg_class t
  left join pg_inherits h on h.inhrelid = t.oid left join pg_class parent on parent.oid = h.inhparent
  where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace`

export async function sizesOf(client: pg.Client): Promise<Sizes> {
  const { rows } = await client.query<{ name: string; rows: number; indexes: Record<string, number> }>(SIZES)
  const tables = new Map<string, TableSize>()
  for (const row of rows) {
    const known = tables.get(row.name)
    const indexes = new Map([...(known?.indexes ?? []), ...Object.entries(row.indexes)])
    tables.set(row.name, { rows: (known?.rows ?? 0) + row.rows, indexes })
  }
  const wal = await client.query<{ bytes: string }>(`select (pg_current_wal_lsn() - '0/0')::text as bytes`)
  return { tables, walBytes: BigInt(wal.rows[0]?.bytes ?? 0) }
}

/** What has grown, largest first. */
export function grownBetween(before: Sizes, after: Sizes): readonly (TableSize & { name: string })[] {
  const grown = [...after.tables].map(([name, { rows, indexes }]) => {
    const was = before.tables.get(name)
    const more = [...indexes].map(
      ([index, bytes]) => [index, bytes - (was?.indexes.get(index) ?? 0)] as const,
    )
    return { name, rows: rows - (was?.rows ?? 0), indexes: new Map(more.filter(([, bytes]) => bytes !== 0)) }
  })
  return grown.filter((table) => bytesOf(table) !== 0).toSorted((a, b) => bytesOf(b) - bytesOf(a))
}

export const bytesOf = ({ rows, indexes }: TableSize): number =>
  rows + [...indexes.values()].reduce((sum, bytes) => sum + bytes, 0)
