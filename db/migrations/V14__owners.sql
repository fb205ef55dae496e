-- Who works on what is under way: a start recovers its own work and that of processes that are gone,
-- and leaves the work of others alone. An owner is a start: the id of a data folder and an epoch.
-- Without an owner: of a time before there were owners, or restored from a backup.

-- The bytes lie in the owner's data folder.
alter table upload
  add column owner uuid,
  add column owner_epoch bigint,
  add constraint upload_owner_is_a_start check ((owner is null) = (owner_epoch is null));
grant update (owner, owner_epoch) on upload to ${app_role};

-- One row for each version that is VALIDATING. `stored` is there once all that the check has to keep
-- is in the expert store: whoever has the store can finish it then.
create table validation (
  version_id uuid primary key,
  tenant_id uuid not null,
  actor text not null,
  owner uuid,
  owner_epoch bigint,
  stored jsonb,
  begun_at timestamptz not null default now(),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id),
  constraint validation_owner_is_a_start check ((owner is null) = (owner_epoch is null))
);
insert into validation (version_id, tenant_id, actor)
  select id, tenant_id, 'system' from adapter_version where state = 'VALIDATING';
grant select, insert, update, delete on validation to ${app_role};

alter table version_import
  add column owner uuid,
  add column owner_epoch bigint,
  add constraint import_owner_is_a_start check ((owner is null) = (owner_epoch is null));
grant update (owner, owner_epoch) on version_import to ${app_role};
