-- What an operator and an adapter's owner may set: a tenant's share and limits, whom an adapter is for.

-- Null means without limit. `revision` counts changes, so that one change cannot undo another unseen.
alter table tenant
  add column revision bigint not null default 1 check (revision > 0),
  add column weight integer not null default 1 check (weight between 1 and 1000),
  add column requests_per_minute bigint check (requests_per_minute >= 0),
  add column tokens_per_minute bigint check (tokens_per_minute >= 0),
  add column concurrent_sequences integer check (concurrent_sequences >= 0),
  add column stored_bytes bigint check (stored_bytes >= 0),
  add column resident_slots integer check (resident_slots >= 0);
grant update (revision, weight, requests_per_minute, tokens_per_minute, concurrent_sequences,
  stored_bytes, resident_slots) on tenant to ${app_role};

-- When the key was last let in, to the minute or so; written now and then, not by every request.
alter table api_key add column last_used_at timestamptz;
grant update (last_used_at) on api_key to ${app_role};

-- private: its owner alone; granted: tenants with a grant too; public: every tenant.
alter table adapter
  add column revision bigint not null default 1 check (revision > 0),
  add column visibility text not null default 'private'
    check (visibility in ('private', 'granted', 'public')),
  add column description text not null default '' check (length(description) <= 2000),
  add column labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object');
update adapter set visibility = 'granted'
  where exists (select from adapter_grant g where g.adapter_id = adapter.id);
grant update (revision, visibility, description, labels) on adapter to ${app_role};

-- That a key was used is no change that replicas have to hear of.
drop trigger registry_changed on api_key;
create trigger registry_changed
  after insert or delete or update of secret_sha256, scopes, expires_at, revoked_at on api_key
  for each statement execute function registry_changed();
