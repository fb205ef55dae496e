-- Which rows of the in-memory picture that replicas keep are out of date, so that a change costs a
-- replica what it changed and not a reading of everything.
--
-- A replica remembers the pg_snapshot it last read at. The changes it has not seen are those whose
-- transaction is not visible in that snapshot, in whatever order they committed.

-- `tenant`: the tenant itself; `key`: its key of this public id; `name`: whatever it calls so, an
-- adapter with its versions and grants or an alias.
create table registry_change (
  xid xid8 not null default pg_current_xact_id(),
  kind text not null check (kind in ('tenant', 'key', 'name')),
  tenant_id uuid not null,
  name text not null,
  primary key (xid, kind, tenant_id, name)
);

-- The one row: no change of a transaction before `pruned_below` is kept; `marked` will be the next
-- value of that, once it has been there for long enough.
create table registry_change_log (
  id boolean primary key default true check (id),
  pruned_below xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
  marked xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
  marked_at timestamptz not null default now()
);
insert into registry_change_log default values;

-- Runs as the schema's owner: the application cannot write a change that did not happen.
create function log_registry_change() returns trigger language plpgsql security definer
  set search_path = ${flyway:defaultSchema}, pg_temp as $$
declare
  kind text := 'name';
  tenant_id uuid;
  name text;
begin
  case tg_table_name
    when 'tenant' then
      kind := 'tenant';
      tenant_id := new.id;
      name := new.name;
    when 'api_key' then
      kind := 'key';
      tenant_id := coalesce(new.tenant_id, old.tenant_id);
      name := coalesce(new.public_id, old.public_id);
    when 'adapter', 'alias_target' then
      tenant_id := coalesce(new.tenant_id, old.tenant_id);
      name := coalesce(new.name, old.name);
    else -- parts of an adapter
      select a.tenant_id, a.name into tenant_id, name
        from adapter a where a.id = coalesce(new.adapter_id, old.adapter_id);
  end case;
  insert into registry_change (kind, tenant_id, name) values (kind, tenant_id, name)
    on conflict do nothing;
  return null;
end $$;

drop trigger registry_changed on base_model;
drop trigger registry_changed on tenant;
drop trigger registry_changed on api_key;
drop trigger registry_changed on adapter;
drop trigger registry_changed on adapter_version;
drop trigger registry_changed on alias_target;
drop trigger registry_changed on adapter_grant;

create trigger log_change after insert or update on tenant
  for each row execute function log_registry_change();
create trigger log_change
  after insert or delete or update of secret_sha256, scopes, expires_at, revoked_at on api_key
  for each row execute function log_registry_change();
create trigger log_change after update of visibility, archived_at on adapter
  for each row execute function log_registry_change();
create trigger log_insert after insert on adapter_version
  for each row when (new.state = 'READY') execute function log_registry_change();
create trigger log_update after update on adapter_version
  for each row when (old.state <> new.state and 'READY' in (old.state, new.state))
  execute function log_registry_change();
create trigger log_change after insert or delete on adapter_grant
  for each row execute function log_registry_change();
create trigger log_change after insert or update or delete on alias_target
  for each row execute function log_registry_change();
create trigger registry_changed after insert on registry_change
  for each statement execute function registry_changed();

grant select, delete on registry_change to ${app_role};
grant select on registry_change_log to ${app_role};
grant update (pruned_below, marked, marked_at) on registry_change_log to ${app_role};
