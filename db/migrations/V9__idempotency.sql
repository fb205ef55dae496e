-- Answers kept for requests that are sent again, and indexes for who searches the audit trail.

-- One row for each (tenant, idempotency key) of the last day. `attempt` is who runs the request while
-- `leased_until` is to come; `answer` is what came out, encrypted with a key made of two texts that
-- are stored nowhere: the caller's API key and the idempotency key.
create table idempotency_key (
  tenant_id uuid not null references tenant,
  key_sha256 bytea not null check (octet_length(key_sha256) = 32),
  api_key_id uuid not null references api_key,
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  attempt uuid not null unique,
  leased_until timestamptz,
  answer bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, key_sha256),
  constraint idempotency_key_runs_or_is_answered check ((answer is null) = (leased_until is not null))
);
create index idempotency_key_expiry on idempotency_key (expires_at);
grant select, insert, update, delete on idempotency_key to ${app_role};

create index audit_action on audit (action, id);
create index audit_subject on audit (subject, id);
