-- The processes that share this database. Each says every few seconds that it lives, by the clock of
-- the database; who has said nothing for three times as long is gone.

-- Numbers the starts of all processes: of two starts on one data folder the later has the larger.
create sequence replica_epoch;

-- One row for each data folder, of the latest process that started on it. A process writes as long
-- as the epoch is its own. `adapters`: digests of those resident. `running`, `waiting`: choices
-- that are computed, requests in the queue. `kv_use`: share of the KV blocks in use.
create table replica (
  id uuid primary key,
  epoch bigint not null unique,
  name text not null check (length(name) between 1 and 200),
  address text check (length(address) between 1 and 2000),
  state text not null check (state in ('STARTING', 'SERVING', 'DRAINING', 'STOPPED')),
  base_digest bytea not null check (octet_length(base_digest) = 32),
  adapters bytea[] not null default '{}',
  running integer not null default 0 check (running >= 0),
  waiting integer not null default 0 check (waiting >= 0),
  kv_use double precision not null default 0 check (kv_use between 0 and 1),
  beat interval not null check (beat > interval '0'),
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- Whether a process lives: has announced itself lately, has not stopped, and is the latest of its
-- data folder.
create function replica_lives(process uuid, start bigint) returns boolean
  language sql volatile set search_path = ${flyway:defaultSchema}, pg_temp as $$
  select exists (
    select from replica r
    where r.id = process and r.epoch = start and r.state <> 'STOPPED'
      and r.seen_at + 3 * r.beat > clock_timestamp())
$$;

-- Whether a process of this data folder lives. While one does, what earlier ones left is its own to
-- go on with: it has just started, and may not have come to that.
create function folder_lives(folder uuid) returns boolean
  language sql volatile set search_path = ${flyway:defaultSchema}, pg_temp as $$
  select exists (
    select from replica r
    where r.id = folder and r.state <> 'STOPPED'
      and r.seen_at + 3 * r.beat > clock_timestamp())
$$;

grant usage on sequence replica_epoch to ${app_role};
grant select, insert, update, delete on replica to ${app_role};
