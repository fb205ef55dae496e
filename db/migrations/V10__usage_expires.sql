-- Rows of single answers expire; their sums in usage_hour stay. The application may not delete
-- usage, so a function does it, and nothing younger than a day whatever it is asked.
create function expire_usage(older_than timestamptz, most integer) returns integer
  language plpgsql security definer set search_path = ${flyway:defaultSchema}, pg_temp as $$
declare
  gone integer;
begin
  delete from usage_record where request_id in (
    select request_id from usage_record
    where finished_at < least(older_than, now() - interval '1 day')
    limit most for update skip locked);
  get diagnostics gone = row_count;
  return gone;
end $$;

create index usage_record_finished on usage_record (finished_at);

revoke execute on function expire_usage(timestamptz, integer) from public;
grant execute on function expire_usage(timestamptz, integer) to ${app_role};
