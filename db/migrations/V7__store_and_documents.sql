-- Where experts' bytes live: which database they belong to, and the small files beside them.

-- One row. A data folder or a bucket carries the same id: what another database needs is not ours to
-- clear away.
create table installation (
  id uuid not null default gen_random_uuid(),
  single boolean primary key default true check (single)
);
insert into installation default values;
grant select on installation to ${app_role};

-- What was uploaded beside the weights, kept in the expert store by its SHA-256, for a download to
-- have it again.
create table version_document (
  version_id uuid not null,
  tenant_id uuid not null,
  path text not null check (length(path) between 1 and 200),
  bytes bigint not null check (bytes >= 0),
  digest bytea not null check (octet_length(digest) = 32),
  primary key (version_id, path),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id)
);
create index version_document_digest on version_document (digest);
create trigger version_document_guard before insert on version_document
  for each row execute function version_part_guard('VALIDATING');
grant select, insert on version_document to ${app_role};

-- Garbage collection asks of each stored digest which versions have it.
create index adapter_version_digest on adapter_version (digest) where digest is not null;
