#!/usr/bin/env bash
# Writes one consistent backup of the database: backup.sh FOLDER
# DATABASE_URL names the server; pg_dump must be of its version or newer. The encryption keys are NOT in it and must be
# kept elsewhere: without them the providers' credentials in the backup cannot be read, by design.
set -euo pipefail
folder=${1:?usage: backup.sh FOLDER}
: "${DATABASE_URL:?set DATABASE_URL}"
umask 077
mkdir -p "$folder"
name="$folder/onerouter-$(date -u +%Y%m%dT%H%M%SZ).dump"
# Policies bind the owner too; this session may see every account, which pg_dump then does not mistake for a filter.
export PGOPTIONS="${PGOPTIONS:-} -c app.scope=engine"
pg_dump --enable-row-security --format=custom --compress=6 --no-owner --no-privileges --file="$name.part" "$DATABASE_URL"
# A backup that cannot be listed is none.
pg_restore --list "$name.part" > /dev/null
mv "$name.part" "$name"
( cd "$folder" && sha256sum "$(basename "$name")" > "$(basename "$name").sha256" )
echo "$name"
