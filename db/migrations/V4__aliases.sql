-- What names mean, with a complete history; grants made ahead of a tenant; limits on labels.

-- A rollback names the entry whose targets it brought back: the one that set them, never another
-- rollback, so that a second rollback goes further back.
alter table alias_history
  add column restores bigint check (restores < revision),
  add constraint alias_history_restores
    foreign key (tenant_id, name, restores) references alias_history (tenant_id, name, revision);

-- Every revision has its entry, the first too, in which an adapter's name means nothing yet.
insert into alias_history (tenant_id, name, revision, targets, changed_at, changed_by)
  select a.tenant_id, a.name, 1, '[]', d.created_at, 'system'
  from alias a join adapter d on d.tenant_id = a.tenant_id and d.name = a.name
  where not exists (select from alias_history h
    where h.tenant_id = a.tenant_id and h.name = a.name and h.revision = 1);

create function alias_history_guard() returns trigger language plpgsql
    set search_path from current as $$
begin
  perform from alias_history
    where tenant_id = new.tenant_id and name = new.name and revision = new.revision;
  if not found then
    raise exception 'each revision of a name has its entry in the history' using errcode = 'HD001';
  end if;
  return null;
end $$;
create constraint trigger alias_revision_is_in_history after update on alias
  deferrable initially deferred for each row execute function alias_history_guard();

create function alias_guard() returns trigger language plpgsql as $$
begin
  if new.revision <> old.revision + 1 then
    raise exception 'revisions of a name count one by one' using errcode = 'HD001';
  end if;
  return new;
end $$;
create trigger alias_guard before update on alias for each row execute function alias_guard();

-- An adapter's own name means nothing but its own versions.
create function alias_target_guard() returns trigger language plpgsql
    set search_path from current as $$
begin
  if exists (select from adapter a join adapter_version v on v.id = new.version_id
      where a.tenant_id = new.tenant_id and a.name = new.name and v.adapter_id <> a.id) then
    raise exception 'an adapter''s name means its own versions'
      using errcode = 'HD001', constraint = 'alias_target_is_own';
  end if;
  return new;
end $$;
create trigger alias_target_guard before insert on alias_target
  for each row execute function alias_target_guard();

-- Who grants learns nothing of which tenants there are: a grant to one that is not there yet is kept
-- and takes effect with it. The lock on the name makes a grant and the tenant it
-- waits for take turns.
create table adapter_grant_ahead (
  tenant_id uuid not null,
  adapter_id uuid not null,
  grantee text not null check (grantee ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  created_at timestamptz not null default now(),
  primary key (adapter_id, grantee),
  foreign key (tenant_id, adapter_id) references adapter (tenant_id, id)
);
create index adapter_grant_ahead_grantee on adapter_grant_ahead (grantee);

create function tenant_takes_its_grants() returns trigger language plpgsql
    set search_path from current as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(new.name, 114784685288551));
  with ahead as (delete from adapter_grant_ahead where grantee = new.name returning *)
  insert into adapter_grant (tenant_id, adapter_id, grantee_id, created_at)
    select tenant_id, adapter_id, new.id, created_at from ahead;
  return null;
end $$;
create trigger tenant_takes_its_grants after insert on tenant
  for each row execute function tenant_takes_its_grants();

-- A bound on what the application should have refused already.
alter table adapter
  add constraint adapter_labels_are_short check (length(labels::text) <= 16384),
  add constraint adapter_labels_are_text
    check (not jsonb_path_exists(labels, 'strict $.* ? (@.type() <> "string")', '{}', true));
create index adapter_labels on adapter using gin (labels jsonb_path_ops);

grant select, insert, delete on adapter_grant_ahead to ${app_role};
