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

-- Takes and gives for one start of a process. A claim says what is so now: what the start has spent
-- since it began, and what it keeps. So a claim may be made again when nobody knows whether it came
-- in: whatever the row holds beyond that goes back to the pool. So does what a process holds that
-- is gone; if it comes back, its next claim pays for what it used meanwhile.
--   need    what requests wait for, of at most `unit` each: all of it is given, or whole units
--   extra   what would be good to have ahead; an even part of what is left at most
-- Gives, for each claim: what was granted, what is left in the pool, what other processes hold, and
-- whether one of them went away without something.
create function share_limits(process uuid, start bigint, replicas integer, claims jsonb)
  returns table (
    tenant_id uuid, kind text, granted bigint, remaining double precision, others bigint,
    contended boolean)
  language plpgsql volatile set search_path = ${flyway:defaultSchema}, pg_temp as $$
#variable_conflict use_column
declare
  c record;
  pool limit_pool;
  mine limit_share;
  allowed double precision;
  now_filled double precision;
  available double precision;
  lost bigint;
begin
  -- In one order, so that two processes never wait for each other.
  for c in
    select x.*, case x.kind
        when 'REQUESTS_PER_MINUTE' then t.requests_per_minute
        when 'TOKENS_PER_MINUTE' then t.tokens_per_minute
        else t.concurrent_sequences end as most
      from jsonb_to_recordset(claims)
          as x(tenant uuid, kind text, spent bigint, told bigint, kept bigint,
            need bigint, unit bigint, extra bigint)
        join tenant t on t.id = x.tenant
      order by x.tenant, x.kind
  loop
    tenant_id := c.tenant;
    kind := c.kind;
    if c.most is null then -- whether or not the process has heard of it
      delete from limit_share s
        where s.tenant_id = c.tenant and s.kind = c.kind and s.replica = process;
      granted := c.need;
      remaining := c.need;
      others := 0;
      contended := false;
      return next;
      continue;
    end if;
    allowed := least(c.most, 60e9); -- as many as nanoseconds: that is no limit at all
    insert into limit_pool values (c.tenant, c.kind, allowed, allowed, clock_timestamp())
      on conflict do nothing;
    select * into strict pool from limit_pool p
      where p.tenant_id = c.tenant and p.kind = c.kind for update;

    with gone as materialized (
      select s.replica, s.held from limit_share s
      where s.tenant_id = c.tenant and s.kind = c.kind and s.replica <> process
        and (s.held > 0 or s.wanted > 0) and not replica_lives(s.replica, s.epoch)
    ), emptied as (
      update limit_share s set held = 0, wanted = 0 from gone g
      where s.tenant_id = c.tenant and s.kind = c.kind and s.replica = g.replica
    )
    select coalesce(sum(g.held), 0) into lost from gone g;
    select coalesce(sum(s.held), 0), coalesce(bool_or(s.wanted > 0), false)
      into others, contended
      from limit_share s
      where s.tenant_id = c.tenant and s.kind = c.kind and s.replica <> process;

    select * into mine from limit_share s
      where s.tenant_id = c.tenant and s.kind = c.kind and s.replica = process;
    continue when mine.epoch > start; -- a later start on the same data folder has the row
    if mine.epoch is distinct from start then
      lost := lost + coalesce(mine.held, 0);
      mine.held := 0;
      mine.spent := c.told;
    end if;

    if c.kind = 'CONCURRENT_SEQUENCES' then
      now_filled := allowed - others - c.kept;
    else
      now_filled := least(allowed, pool.level + allowed - pool.capacity
        + allowed * greatest(0, extract(epoch from clock_timestamp() - pool.filled_at)) / 60);
      now_filled := least(allowed,
        now_filled + lost + mine.held - (c.spent - mine.spent) - c.kept);
    end if;
    now_filled := greatest(now_filled, -allowed); -- a minute pays for everything
    available := greatest(0, floor(now_filled + 1e-6));
    granted := case
      when c.need <= available
        then c.need + least(c.extra, floor((available - c.need) / replicas))
      when c.unit > 0 then floor(available / c.unit) * c.unit
      else 0 end;
    remaining := now_filled - granted;

    update limit_pool p set capacity = allowed, level = remaining, filled_at = clock_timestamp()
      where p.tenant_id = c.tenant and p.kind = c.kind;
    insert into limit_share as s
      values (c.tenant, c.kind, process, start, c.kept + granted, c.spent,
        greatest(0, c.need - granted))
      on conflict (tenant_id, kind, replica) do update set epoch = excluded.epoch,
        held = excluded.held, spent = excluded.spent, wanted = excluded.wanted;
    return next;
  end loop;
end $$;

grant select, insert, update on limit_pool to ${app_role};
grant select, insert, update, delete on limit_share to ${app_role};
