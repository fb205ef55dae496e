-- Tenants that are shut out for a while, and people who sign in at a provider of OpenID Connect.

-- Keys and sessions of a disabled tenant open nothing; what is its own stays.
alter table tenant add column disabled_at timestamptz;
grant update (disabled_at) on tenant to ${app_role};

-- A person acts by a key like everybody else, so that usage, limits, audit and kept answers have one.
-- Nobody has its text. There is one for each person and tenant: the next sign-in renews it, unless it
-- was revoked. `person` is what people read; `rules` names the settings by which it was let in.
alter table api_key
  add column issuer text check (length(issuer) between 1 and 2000),
  add column subject text check (length(subject) between 1 and 255),
  add column person text check (length(person) between 1 and 200),
  add column rules bytea check (octet_length(rules) = 32),
  add constraint api_key_is_a_persons_or_not check (num_nulls(issuer, subject, person, rules) in (0, 4)),
  add constraint api_key_of_a_person_ends check (issuer is null or expires_at is not null);
create unique index api_key_person on api_key (tenant_id, issuer, subject)
  where issuer is not null and revoked_at is null;
create index api_key_subject on api_key (issuer, subject) where issuer is not null;
grant update (label, scopes, expires_at, person, rules) on api_key to ${app_role};
