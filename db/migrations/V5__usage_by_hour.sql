-- Usage by tenant, version and hour, kept by the database itself: whoever adds a row to usage_record,
-- its sums follow in the same transaction, and a row that is there already changes nothing. The
-- application may read the sums, not write them.

-- Without a version: answers of the base model.
create table usage_hour (
  tenant_id uuid not null references tenant,
  version_tenant_id uuid,
  version_id uuid,
  hour timestamptz not null check (mod(extract(epoch from hour), 3600) = 0),
  requests bigint not null check (requests > 0),
  prompt_tokens bigint not null,
  cached_tokens bigint not null,
  completion_tokens bigint not null,
  queued_micros bigint not null,
  engine_micros bigint not null,
  constraint usage_hour_key unique nulls not distinct (tenant_id, hour, version_id),
  foreign key (version_tenant_id, version_id) references adapter_version (tenant_id, id),
  check ((version_tenant_id is null) = (version_id is null))
);
create index usage_hour_hour on usage_hour (hour);

-- Rows are summed in one order by all, so that two writers do not wait for each other in a ring.
create function usage_record_sum() returns trigger language plpgsql
  security definer set search_path = ${flyway:defaultSchema}, pg_temp as $$
begin
  insert into usage_hour as h
    select tenant_id, version_tenant_id, version_id, date_trunc('hour', finished_at, 'UTC') as hour,
      count(*), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens),
      sum(queued_micros), sum(engine_micros)
    from added
    group by tenant_id, version_tenant_id, version_id, date_trunc('hour', finished_at, 'UTC')
    order by tenant_id, hour, version_id
  on conflict on constraint usage_hour_key do update set
    requests = h.requests + excluded.requests,
    prompt_tokens = h.prompt_tokens + excluded.prompt_tokens,
    cached_tokens = h.cached_tokens + excluded.cached_tokens,
    completion_tokens = h.completion_tokens + excluded.completion_tokens,
    queued_micros = h.queued_micros + excluded.queued_micros,
    engine_micros = h.engine_micros + excluded.engine_micros;
  return null;
end $$;

-- From here to the end of the migration nobody adds a row: each is counted once, below or by the
-- trigger.
create trigger usage_record_sum after insert on usage_record
  referencing new table as added
  for each statement execute function usage_record_sum();

insert into usage_hour
  select tenant_id, version_tenant_id, version_id, date_trunc('hour', finished_at, 'UTC'),
    count(*), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens),
    sum(queued_micros), sum(engine_micros)
  from usage_record
  group by tenant_id, version_tenant_id, version_id, date_trunc('hour', finished_at, 'UTC');

grant select on usage_hour to ${app_role};
