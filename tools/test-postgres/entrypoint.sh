#!/bin/bash
# First start: a cluster for POSTGRES_USER with POSTGRES_PASSWORD and the database POSTGRES_DB, made
# by a server that listens to nobody; then the server itself. So "ready to accept connections" is
# logged twice, as Testcontainers waits for.
set -euo pipefail

bin=$(echo /usr/lib/postgresql/*/bin)
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  secret=$(mktemp)
  printf '%s' "${POSTGRES_PASSWORD:?}" >"$secret"
  chown postgres "$secret"
  as_postgres "$bin/initdb" -D "$PGDATA" -U "$user" -A scram-sha-256 --pwfile="$secret" >/dev/null
  rm "$secret"
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  as_postgres "$bin/pg_ctl" -D "$PGDATA" -w -o "-c listen_addresses=''" start
  if [ "$database" != postgres ]; then
    printf 'create database "%s"' "$database" |
      PGPASSWORD=$POSTGRES_PASSWORD as_postgres "$bin/psql" -q -U "$user" -d postgres
  fi
  as_postgres "$bin/pg_ctl" -D "$PGDATA" -m fast -w stop
fi

[ "${1-}" != postgres ] || shift
exec setpriv --reuid=postgres --regid=postgres --init-groups \
  "$bin/postgres" -D "$PGDATA" -c listen_addresses='*' "$@"
