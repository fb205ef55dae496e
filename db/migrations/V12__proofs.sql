-- How a version's golden prompts were answered last, and what pages of one adapter ask for.

-- The latest run alone; a version is ready only after a first one without violations.
create table version_proof (
  version_id uuid primary key,
  tenant_id uuid not null,
  proved_at timestamptz not null default now(),
  cases integer not null check (cases > 0),
  violations jsonb not null default '[]' check (jsonb_typeof(violations) = 'array'),
  foreign key (tenant_id, version_id) references adapter_version (tenant_id, id)
);
grant select, insert, update on version_proof to ${app_role};

-- The usage of one adapter is asked for by its versions' ids.
create index usage_hour_version on usage_hour (version_id, hour);
