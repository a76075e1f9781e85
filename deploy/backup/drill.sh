#!/usr/bin/env bash
# A restore drill: backs up DATABASE_URL, restores it into a database of its own beside it, compares every table's rows,
# and drops it again: drill.sh
# Run it from a schedule. A backup that was never restored is a hope.
set -euo pipefail
: "${DATABASE_URL:?set DATABASE_URL}"
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
scratch="onerouter_drill_$$"
target=$(printf '%s' "$DATABASE_URL" | sed -E "s#^([a-z]+://[^/]*)/[^?]*#\1/$scratch#")
clean() {
  psql --no-psqlrc -q -c "drop database if exists $scratch" "$DATABASE_URL" > /dev/null 2>&1 || true
  rm -rf "$folder"
}
trap clean EXIT

# One line per table: its name, its rows, and a digest of them in any order.
digest() {
  psql --no-psqlrc -At "$1" <<'SQL'
set timezone = 'UTC';
set app.scope = 'engine';
select format('select %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from public.%I t', tablename, tablename)
  from pg_tables where schemaname = 'public' order by tablename
\gexec
SQL
}

file=$("$here/backup.sh" "$folder" | tail -n 1)
psql --no-psqlrc -q -c "create database $scratch" "$DATABASE_URL"
DATABASE_URL=$target "$here/restore.sh" "$file"
digest "$DATABASE_URL" > "$folder/was"
digest "$target" > "$folder/is"
if ! diff "$folder/was" "$folder/is"; then
  echo "The restored database differs (rows written during the drill differ too: run it on a quiet copy)." >&2
  exit 1
fi
echo "Drill passed: $(wc -l < "$folder/is") tables restored alike, $(du -h "$file" | cut -f1) of backup."
