-- Who does what one process of the fleet does for all. Being it takes the session's advisory lock;
-- the epoch, which every new leader raises, tells a former one that is late that it leads no more.
create table leadership (
  single boolean primary key default true check (single),
  epoch bigint not null default 0,
  leader uuid,
  since timestamptz not null default now()
);
insert into leadership default values;
grant select on leadership to ${app_role};
grant update (epoch, leader, since) on leadership to ${app_role};
