#!/usr/bin/env bash
# Restores a backup into an EMPTY database: restore.sh FILE
# DATABASE_URL names the new database. Row-level security is kept; the role onerouter_app is made when it is missing.
set -euo pipefail
file=${1:?usage: restore.sh FILE}
: "${DATABASE_URL:?set DATABASE_URL to an empty database}"
[ ! -f "$file.sha256" ] || ( cd "$(dirname "$file")" && sha256sum --check --quiet "$(basename "$file").sha256" )
tables=$(psql --no-psqlrc -Atc "select count(*) from pg_tables where schemaname = 'public'" "$DATABASE_URL")
if [ "$tables" != 0 ]; then
  echo "The database has $tables tables already; restore into an empty one, then point DATABASE_URL at it." >&2
  exit 1
fi
psql --no-psqlrc -q -v ON_ERROR_STOP=1 "$DATABASE_URL" <<'SQL'
do $$ begin
  if not exists (select from pg_roles where rolname = 'onerouter_app') then
    create role onerouter_app nologin nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
  end if;
  execute format('grant onerouter_app to %I', current_user);
end $$;
SQL
pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname="$DATABASE_URL" "$file"
psql --no-psqlrc -q -v ON_ERROR_STOP=1 "$DATABASE_URL" <<'SQL'
grant usage on schema public to onerouter_app;
grant select, insert, update, delete on all tables in schema public to onerouter_app;
grant usage on all sequences in schema public to onerouter_app;
revoke all on schema_migration from onerouter_app;
grant select on schema_migration to onerouter_app;
set client_min_messages = error;
analyze;
SQL
echo "Restored $file."
