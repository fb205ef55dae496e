-- Bytes of unfinished versions, and how much each tenant has stored: counted and limited here, where
-- uploads that run at once cannot pass the limit together.

-- One row for each file in the upload area, which lies there under the row's id. PLAIN: comes in one
-- request and goes with it. RESUMABLE: comes in several; `received` bytes are on disk and were
-- acknowledged. WHOLE: a version's, see version_file. `bytes` is what it has or will have.
create table upload (
  id uuid primary key,
  tenant_id uuid not null,
  version_id uuid not null,
  path text not null check (length(path) between 1 and 200),
  state text not null check (state in ('PLAIN', 'RESUMABLE', 'WHOLE')),
  bytes bigint not null check (bytes >= 0),
  received bigint not null default 0 check (received between 0 and bytes),
  sha256 bytea check (octet_length(sha256) = 32),
  metadata text not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint resumable_expires check (state <> 'RESUMABLE' or expires_at is not null),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id)
);
create index upload_version on upload (version_id);
create index upload_expiry on upload (expires_at) where state = 'RESUMABLE';
insert into upload (id, tenant_id, version_id, path, state, bytes, received, sha256, created_at)
  select f.storage_id, f.tenant_id, f.version_id, f.path, 'WHOLE', f.bytes, f.bytes, f.sha256, f.stored_at
  from version_file f join adapter_version v on v.id = f.version_id
  where v.state in ('UPLOADING', 'VALIDATING');
create trigger upload_guard before insert on upload
  for each row execute function version_part_guard('UPLOADING');

-- Logical bytes of a tenant's ready versions, and bytes of its uploads, those still to come included.
create table tenant_storage (
  tenant_id uuid primary key references tenant,
  ready_bytes bigint not null default 0 check (ready_bytes >= 0),
  upload_bytes bigint not null default 0 check (upload_bytes >= 0)
);
insert into tenant_storage (tenant_id, ready_bytes, upload_bytes)
  select t.id,
    coalesce((select sum(v.bytes) from adapter_version v where v.tenant_id = t.id and v.state = 'READY'), 0),
    coalesce((select sum(u.bytes) from upload u where u.tenant_id = t.id), 0)
  from tenant t;

-- The functions below run with the owner's rights: the application reads the count, and changes it
-- by changing what is counted.
create function tenant_storage_begin() returns trigger
  language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as $$
begin
  insert into tenant_storage (tenant_id) values (new.id);
  return null;
end $$;
create trigger tenant_storage_begin after insert on tenant
  for each row execute function tenant_storage_begin();

create function upload_counted() returns trigger
  language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as $$
begin
  update tenant_storage
    set upload_bytes = upload_bytes + coalesce(new.bytes, 0) - coalesce(old.bytes, 0)
    where tenant_id = coalesce(new.tenant_id, old.tenant_id);
  return null;
end $$;

-- A version that is done with needs no uploads; a ready one counts with its logical size.
create function version_counted() returns trigger
  language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as $$
begin
  if new.state in ('READY', 'REJECTED', 'ARCHIVED') then
    delete from upload where version_id = new.id;
  end if;
  if new.state = 'READY' then
    update tenant_storage set ready_bytes = ready_bytes + new.bytes where tenant_id = new.tenant_id;
  elsif old.state = 'READY' then
    update tenant_storage set ready_bytes = ready_bytes - old.bytes where tenant_id = new.tenant_id;
  end if;
  return null;
end $$;

create function tenant_storage_limit() returns trigger
  language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as $$
declare
  used bigint;
  most bigint;
begin
  select s.ready_bytes + s.upload_bytes, t.stored_bytes into used, most
    from tenant_storage s join tenant t on t.id = s.tenant_id where s.tenant_id = new.tenant_id;
  if used > most then
    raise exception 'stored_bytes is limited to % and would be %', most, used using errcode = 'HD002';
  end if;
  return null;
end $$;

-- All at the end of the transaction: the count's row, which all of a tenant's changes need, is locked
-- last and shortly; and what a transaction moves from uploads to ready versions counts once.
create constraint trigger upload_counted after insert or delete or update of bytes on upload
  deferrable initially deferred for each row execute function upload_counted();
create constraint trigger version_counted after update of state on adapter_version
  deferrable initially deferred for each row when (old.state <> new.state)
  execute function version_counted();
create constraint trigger tenant_storage_limit after update on tenant_storage
  deferrable initially deferred for each row
  when (new.ready_bytes > old.ready_bytes or new.upload_bytes > old.upload_bytes)
  execute function tenant_storage_limit();

grant select on tenant_storage to ${app_role};
grant select, insert, delete on upload to ${app_role};
grant update (state, bytes, received, sha256, expires_at) on upload to ${app_role};
