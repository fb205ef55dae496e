-- A tenant's limits, held by all processes together. What a limit allows lies in a pool; a process
-- takes a share ahead of its requests, and gives back what it does not use. What a pool and the
-- shares have is the whole limit but for what was used, so that however the processes take and give,
-- they let in no more than one would.

-- One row for each limit of a tenant that was ever shared. `level`: what can be taken as of
-- `filled_at`, at most `capacity`, the limit as it was then. A limit per minute refills evenly;
-- below 0 is what was used beyond it.
create table limit_pool (
  tenant_id uuid not null references tenant (id),
  kind text not null
    check (kind in ('REQUESTS_PER_MINUTE', 'TOKENS_PER_MINUTE', 'CONCURRENT_SEQUENCES')),
  capacity double precision not null check (capacity >= 0),
  level double precision not null,
  filled_at timestamptz not null,
  primary key (tenant_id, kind)
) with (fillfactor = 50);

-- What a start of a process has. `held`: what it has taken and not said to have used. `spent`: what
-- it has said to have used, since its start. `wanted`: what it asked for last and did not get.
create table limit_share (
  tenant_id uuid not null,
  kind text not null,
  replica uuid not null references replica on delete cascade,
  epoch bigint not null,
  held bigint not null check (held >= 0),
  spent bigint not null,
  wanted bigint not null check (wanted >= 0),
  primary key (tenant_id, kind, replica),
  foreign key (tenant_id, kind) references limit_pool
) with (fillfactor = 50);

-- Claims as rows, each with its limit as it is now; null where there is none. For share_limits, whose
-- search path it has: with one of its own it would not become part of the caller's plan.
create function limit_claims(claims jsonb)
  returns table (
    tenant_id uuid, kind text, spent bigint, told bigint, kept bigint, need bigint, unit bigint,
    extra bigint, most double precision)
  language sql stable rows 100 as $$
  select x.tenant, x.kind, x.spent, x.told, x.kept, x.need, x.unit, x.extra,
      case when l.most > 60e9 then 60e9 else l.most end -- nanoseconds: that is no limit at all
    from jsonb_to_recordset(claims)
        as x(tenant uuid, kind text, spent bigint, told bigint, kept bigint, need bigint,
          unit bigint, extra bigint)
      join tenant t on t.id = x.tenant
      cross join lateral (select case x.kind
        when 'REQUESTS_PER_MINUTE' then t.requests_per_minute
        when 'TOKENS_PER_MINUTE' then t.tokens_per_minute
        else t.concurrent_sequences end as most) l
$$;

-- Takes and gives for one start of a process. A claim says what is so now: what the start has spent
-- since it began, and what it keeps. So a claim may be made again when nobody knows whether it came
-- in: whatever the row holds beyond that goes back to the pool. So does what a process holds that
-- is gone; if it comes back, its next claim pays for what it used meanwhile.
--   told    of what was spent, what a claim has said that came in
--   need    what requests wait for, of at most `unit` each: all of it is given, or whole units
--   extra   what would be good to have ahead; an even part of what is left at most
-- Gives, for each claim: what was granted, what is left in the pool, what other processes hold, and
-- whether one of them went away without something. A claim whose row a later start on the same data
-- folder has is granted nothing, and changes nothing.
create function share_limits(process uuid, start bigint, replicas integer, claims jsonb)
  returns table (
    tenant_id uuid, kind text, granted bigint, remaining double precision, others bigint,
    contended boolean)
  language plpgsql volatile set search_path = ${flyway:defaultSchema}, pg_temp
  set plan_cache_mode = force_generic_plan -- planning takes longer than doing it
  as $$
#variable_conflict use_column
declare
  moment timestamptz;
begin
  insert into limit_pool
    select c.tenant_id, c.kind, c.most, c.most, clock_timestamp() from limit_claims(claims) c
    where c.most is not null and not exists (
      select from limit_pool p where p.tenant_id = c.tenant_id and p.kind = c.kind)
    order by c.tenant_id, c.kind
    on conflict do nothing;
  -- In one order, so that two processes never wait for each other. What follows sees all that
  -- those have written who held these rows before.
  perform from limit_pool p
    join limit_claims(claims) c on c.tenant_id = p.tenant_id and c.kind = p.kind
    order by p.tenant_id, p.kind for update of p;
  moment := clock_timestamp();

  return query
  with living as materialized (
    -- As replica_lives, which the database would plan anew for each of them.
    select r.id, r.epoch from replica r
    where r.state <> 'STOPPED' and r.seen_at + 3 * r.beat > moment
  ), claim as materialized (
    select c.*, p.capacity, p.level, p.filled_at, s.epoch, s.held,
      case when s.epoch = start then s.spent else c.told end as known
    from limit_claims(claims) c
      left join limit_pool p on p.tenant_id = c.tenant_id and p.kind = c.kind
      left join limit_share s
        on s.tenant_id = c.tenant_id and s.kind = c.kind and s.replica = process
  ), other as materialized (
    select s.tenant_id, s.kind, s.replica, s.held, s.wanted, l.id is not null as lives
    from claim c
      join limit_share s on s.tenant_id = c.tenant_id and s.kind = c.kind
      left join living l on l.id = s.replica and l.epoch = s.epoch
    where s.replica <> process and (s.held > 0 or s.wanted > 0)
  ), sums as (
    select o.tenant_id, o.kind,
      coalesce(sum(o.held) filter (where o.lives), 0)::bigint as held,
      coalesce(sum(o.held) filter (where not o.lives), 0) as lost,
      bool_or(o.lives and o.wanted > 0) as contended
    from other o group by o.tenant_id, o.kind
  ), level as (
    select c.*, coalesce(o.held, 0) as others, coalesce(o.contended, false) as contended,
      greatest(-c.most, -- a minute pays for everything
        case when c.kind = 'CONCURRENT_SEQUENCES'
          then c.most - coalesce(o.held, 0) - c.kept
          else least(c.most,
            least(c.most, c.level + c.most - c.capacity
              + c.most * greatest(0, extract(epoch from moment - c.filled_at)) / 60)
            + coalesce(o.lost, 0) + coalesce(c.held, 0) - greatest(0, c.spent - c.known) - c.kept)
        end) as now
    from claim c left join sums o on o.tenant_id = c.tenant_id and o.kind = c.kind
    where c.most is not null and (c.epoch is null or c.epoch <= start)
  ), given as materialized (
    select l.*, case
        when l.need <= a.available
          then l.need + least(l.extra, floor((a.available - l.need) / replicas))
        when l.unit > 0 then floor(a.available / l.unit) * l.unit
        else 0 end as amount
    from level l cross join lateral (
      select greatest(0, floor(l.now + 1e-6)) as available) a
  ), pools as (
    update limit_pool p set capacity = g.most, level = g.now - g.amount, filled_at = moment
    from given g where p.tenant_id = g.tenant_id and p.kind = g.kind
  ), emptied as (
    update limit_share s set held = 0, wanted = 0
    from other o
    where not o.lives and s.tenant_id = o.tenant_id and s.kind = o.kind and s.replica = o.replica
  ), shares as (
    insert into limit_share as s
      select g.tenant_id, g.kind, process, start, g.kept + g.amount, g.spent,
        greatest(0, g.need - g.amount)
      from given g
      on conflict (tenant_id, kind, replica) do update set epoch = excluded.epoch,
        held = excluded.held, spent = excluded.spent, wanted = excluded.wanted
  ), unlimited as (
    delete from limit_share s using claim c
    where c.most is null and s.tenant_id = c.tenant_id and s.kind = c.kind and s.replica = process
  )
  select g.tenant_id, g.kind, g.amount::bigint, g.now - g.amount, g.others, g.contended
    from given g
  union all -- whether or not the process has heard of it
  select c.tenant_id, c.kind, c.need, c.need::double precision, 0::bigint, false
    from claim c where c.most is null
  union all
  select c.tenant_id, c.kind, 0::bigint, 0::double precision, 0::bigint, false
    from claim c where c.most is not null and c.epoch > start;
end $$;

grant select, insert, update on limit_pool to ${app_role};
grant select, insert, update, delete on limit_share to ${app_role};
