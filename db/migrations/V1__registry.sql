-- The registry: tenants and their keys, adapters and their versions, what is callable, usage, audit.
--
-- The owner of this schema runs migrations; the application runs as ${app_role}, whose rights are
-- granted table by table at the end: what it must never change, it cannot change.
-- Ids are UUIDv7 made by the application. Foreign keys between tenants' rows carry the tenant.

create table base_model (
  id uuid primary key,
  name text not null,
  digest bytea not null check (octet_length(digest) = 32),
  created_at timestamptz not null default now(),
  unique (name, digest),
  constraint base_model_name check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$')
);

create table tenant (
  id uuid primary key,
  name text not null constraint tenant_name_taken unique,
  created_at timestamptz not null default now(),
  constraint tenant_name check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$')
);

-- Every name a tenant's requests can give as `model`. Rows are never removed: names are not reused.
create table callable_name (
  tenant_id uuid not null references tenant,
  name text not null,
  kind text not null check (kind in ('base', 'adapter', 'alias')),
  constraint callable_name_taken primary key (tenant_id, name),
  unique (tenant_id, name, kind),
  constraint callable_name_form check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$')
);

create table api_key (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  public_id text not null constraint api_key_public_id_taken unique,
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  label text not null check (length(label) between 1 and 200),
  scopes text[] not null
    check (cardinality(scopes) > 0 and scopes <@ array['inference', 'adapters', 'admin']),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  unique (tenant_id, id)
);

create table adapter (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  name text not null,
  kind text not null default 'adapter' check (kind = 'adapter'),
  base_model_id uuid not null references base_model,
  next_number integer not null default 1 check (next_number > 0),
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  unique (tenant_id, id),
  constraint adapter_name_taken unique (tenant_id, name),
  foreign key (tenant_id, name, kind) references callable_name (tenant_id, name, kind)
);

create table adapter_version (
  id uuid primary key,
  tenant_id uuid not null,
  adapter_id uuid not null,
  number integer not null check (number > 0),
  state text not null default 'UPLOADING'
    check (state in ('UPLOADING', 'VALIDATING', 'READY', 'REJECTED', 'ARCHIVED')),
  digest bytea check (octet_length(digest) = 32),
  bytes bigint check (bytes >= 0),
  report jsonb not null default '[]' check (jsonb_typeof(report) = 'array'),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (adapter_id, number),
  unique (tenant_id, id),
  unique (tenant_id, id, state),
  foreign key (tenant_id, adapter_id) references adapter (tenant_id, id),
  constraint ready_has_digest check (state <> 'READY' or (digest is not null and bytes is not null)),
  constraint rejected_has_report check (state <> 'REJECTED' or jsonb_array_length(report) > 0)
);
create index adapter_version_tenant on adapter_version (tenant_id, adapter_id, number);

create function adapter_version_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.tenant_id, new.adapter_id, new.number)
      is distinct from (old.id, old.tenant_id, old.adapter_id, old.number) then
    raise exception 'a version keeps its identity' using errcode = 'HD001';
  end if;
  if new.state <> old.state and (old.state, new.state) not in (
      ('UPLOADING', 'VALIDATING'), ('VALIDATING', 'UPLOADING'), ('VALIDATING', 'READY'),
      ('VALIDATING', 'REJECTED'), ('UPLOADING', 'ARCHIVED'), ('READY', 'ARCHIVED'),
      ('REJECTED', 'ARCHIVED')) then
    raise exception 'a version does not go from % to %', old.state, new.state
      using errcode = 'HD001';
  end if;
  if old.state in ('READY', 'REJECTED', 'ARCHIVED')
      and (new.digest, new.bytes, new.report) is distinct from (old.digest, old.bytes, old.report) then
    raise exception 'a stored version never changes' using errcode = 'HD001';
  end if;
  new.changed_at := now();
  return new;
end $$;
create trigger adapter_version_guard before update on adapter_version
  for each row execute function adapter_version_guard();

-- What was uploaded for a version; `storage_id` names the bytes in the upload area while they are there.
create table version_file (
  version_id uuid not null,
  tenant_id uuid not null,
  path text not null check (length(path) between 1 and 200),
  bytes bigint not null check (bytes >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  storage_id uuid not null unique,
  stored_at timestamptz not null default now(),
  primary key (version_id, path),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id)
);

-- Every expert ever stored, whoever uploaded it. Its bytes are in the expert store as long as a READY
-- version needs them.
create table expert_blob (
  digest bytea primary key check (octet_length(digest) = 32),
  bytes bigint not null check (bytes > 0),
  created_at timestamptz not null default now()
);

create table version_expert (
  version_id uuid not null,
  tenant_id uuid not null,
  layer integer not null check (layer >= 0),
  expert_column integer not null check (expert_column >= 0),
  digest bytea not null references expert_blob,
  primary key (version_id, layer, expert_column),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id)
);
create index version_expert_digest on version_expert (digest);

-- Files come only while a version is uploading, experts only while it is being validated. The lock
-- makes a change of state wait for the row, or the row see the change.
create function version_part_guard() returns trigger language plpgsql as $$
begin
  perform from adapter_version
    where tenant_id = new.tenant_id and id = new.version_id and state = tg_argv[0] for share;
  if not found then
    raise exception 'the version is not %', tg_argv[0] using errcode = 'HD001';
  end if;
  return new;
end $$;
create trigger version_file_guard before insert or update on version_file
  for each row execute function version_part_guard('UPLOADING');
create trigger version_expert_guard before insert on version_expert
  for each row execute function version_part_guard('VALIDATING');

-- What a callable name means. An adapter's own name is the alias that `publish` moves.
create table alias (
  tenant_id uuid not null,
  name text not null,
  revision bigint not null default 1 check (revision > 0),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, name),
  foreign key (tenant_id, name) references callable_name (tenant_id, name)
);

-- The foreign key carries the state: only a READY version can be a target, and a target stays READY.
create table alias_target (
  tenant_id uuid not null,
  name text not null,
  version_id uuid not null,
  state text not null default 'READY' check (state = 'READY'),
  weight integer not null default 1 check (weight between 1 and 1000000),
  primary key (tenant_id, name, version_id),
  foreign key (tenant_id, name) references alias (tenant_id, name),
  constraint alias_target_is_ready
    foreign key (tenant_id, version_id, state) references adapter_version (tenant_id, id, state)
);
create index alias_target_version on alias_target (tenant_id, version_id);

create table alias_history (
  tenant_id uuid not null,
  name text not null,
  revision bigint not null,
  targets jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (tenant_id, name, revision),
  foreign key (tenant_id, name) references alias (tenant_id, name)
);

-- An adapter of `tenant_id` that `grantee_id` may call as owner/name.
create table adapter_grant (
  tenant_id uuid not null,
  adapter_id uuid not null,
  grantee_id uuid not null references tenant,
  created_at timestamptz not null default now(),
  primary key (adapter_id, grantee_id),
  foreign key (tenant_id, adapter_id) references adapter (tenant_id, id),
  check (grantee_id <> tenant_id)
);
create index adapter_grant_grantee on adapter_grant (grantee_id);

-- One row for each answered request. The version that answered may be another tenant's.
create table usage_record (
  request_id text primary key check (length(request_id) between 1 and 200),
  tenant_id uuid not null references tenant,
  key_id uuid not null,
  model text not null,
  version_tenant_id uuid,
  version_id uuid,
  outcome text not null,
  prompt_tokens integer not null check (prompt_tokens >= 0),
  cached_tokens integer not null check (cached_tokens between 0 and prompt_tokens),
  completion_tokens integer not null check (completion_tokens >= 0),
  queued_micros bigint not null check (queued_micros >= 0),
  engine_micros bigint not null check (engine_micros >= 0),
  finished_at timestamptz not null,
  foreign key (tenant_id, key_id) references api_key (tenant_id, id),
  foreign key (version_tenant_id, version_id) references adapter_version (tenant_id, id),
  check ((version_tenant_id is null) = (version_id is null))
);
create index usage_record_tenant on usage_record (tenant_id, finished_at);

-- Who changed what; tenant_id is null for what concerns the whole platform.
create table audit (
  id uuid primary key,
  tenant_id uuid references tenant,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb
);
create index audit_tenant on audit (tenant_id, id);

-- Tells every replica that its picture of names, keys and grants is out of date.
create function registry_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('heddle_registry', '');
  return null;
end $$;
create trigger registry_changed after insert or update or delete on base_model
  for each statement execute function registry_changed();
create trigger registry_changed after insert or update or delete on tenant
  for each statement execute function registry_changed();
create trigger registry_changed after insert or update or delete on api_key
  for each statement execute function registry_changed();
create trigger registry_changed after insert or update or delete on adapter
  for each statement execute function registry_changed();
create trigger registry_changed after insert or update or delete on adapter_version
  for each statement execute function registry_changed();
create trigger registry_changed after insert or update or delete on alias_target
  for each statement execute function registry_changed();
create trigger registry_changed after insert or update or delete on adapter_grant
  for each statement execute function registry_changed();

-- Rights of the application.
grant usage on schema ${flyway:defaultSchema} to ${app_role};
grant select, insert on base_model, tenant, callable_name, usage_record, audit, alias_history,
  expert_blob, version_expert to ${app_role};
grant select, insert, delete on adapter_grant, alias_target to ${app_role};
grant select, insert on api_key, adapter, adapter_version, alias to ${app_role};
grant update (secret_sha256, revoked_at) on api_key to ${app_role};
grant update (next_number, archived_at) on adapter to ${app_role};
grant update (state, digest, bytes, report) on adapter_version to ${app_role};
grant update (revision, changed_at) on alias to ${app_role};
grant select, insert, update, delete on version_file to ${app_role};
