-- Which versions stay resident, and versions whose files Heddle fetches itself.

-- A pinned version's experts are kept in the slots, used or not. Several versions may have the same
-- experts: these stay as long as one of the versions is pinned.
create table pin (
  tenant_id uuid not null,
  version_id uuid not null,
  pinned_at timestamptz not null default now(),
  pinned_by text not null,
  primary key (tenant_id, version_id),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id)
);
create trigger pin_guard before insert on pin
  for each row execute function version_part_guard('READY');

-- Where a version's files come from. RUNNING until the version was completed (DONE, whether it is
-- ready or rejected then), the source could not be read (FAILED) or the version was archived
-- (CANCELLED). The totals are known once the source has been listed; `skipped` names files of the
-- source that are no part of an adapter.
create table version_import (
  tenant_id uuid not null,
  version_id uuid not null,
  source text not null check (length(source) between 1 and 2000),
  revision text check (length(revision) between 1 and 200),
  actor text not null,
  state text not null default 'RUNNING'
    check (state in ('RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  files_total integer check (files_total >= 0),
  bytes_total bigint check (bytes_total >= 0),
  skipped jsonb not null default '[]' check (jsonb_typeof(skipped) = 'array'),
  error text check (length(error) between 1 and 2000),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, version_id),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id),
  constraint failed_has_error check ((state = 'FAILED') = (error is not null))
);
create index version_import_running on version_import (created_at) where state = 'RUNNING';
create trigger version_import_guard before insert on version_import
  for each row execute function version_part_guard('UPLOADING');

-- What is archived is pinned no more, and nothing is fetched for it.
create function version_archived() returns trigger language plpgsql as $$
begin
  delete from pin where tenant_id = new.tenant_id and version_id = new.id;
  update version_import set state = 'CANCELLED', changed_at = now()
    where tenant_id = new.tenant_id and version_id = new.id and state = 'RUNNING';
  return null;
end $$;
create trigger version_archived after update of state on adapter_version
  for each row when (new.state = 'ARCHIVED' and old.state <> 'ARCHIVED')
  execute function version_archived();

grant select, insert, delete on pin to ${app_role};
grant select, insert on version_import to ${app_role};
grant update (state, files_total, bytes_total, skipped, error, changed_at)
  on version_import to ${app_role};
