-- A database as the first release leaves it: two tenants, keys in every state, an adapter with a
-- version in every state, published, granted, used and audited. Ids count up.
insert into base_model (id, name, digest) values
  ('00000000-0000-7000-8000-000000000001', 'tiny', decode(repeat('01', 32), 'hex'));
insert into tenant (id, name) values
  ('00000000-0000-7000-8000-000000000011', 'owner'),
  ('00000000-0000-7000-8000-000000000012', 'grantee');
insert into callable_name (tenant_id, name, kind) values
  ('00000000-0000-7000-8000-000000000011', 'tiny', 'base'),
  ('00000000-0000-7000-8000-000000000012', 'tiny', 'base'),
  ('00000000-0000-7000-8000-000000000011', 'intent', 'adapter'),
  ('00000000-0000-7000-8000-000000000011', 'retired', 'adapter');
insert into api_key (id, tenant_id, public_id, secret_sha256, label, scopes, expires_at, revoked_at) values
  ('00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000011', 'live',
   decode(repeat('21', 32), 'hex'), 'in use', array['inference', 'adapters'], null, null),
  ('00000000-0000-7000-8000-000000000022', '00000000-0000-7000-8000-000000000011', 'revoked',
   decode(repeat('22', 32), 'hex'), 'lost', array['admin'], null, now()),
  ('00000000-0000-7000-8000-000000000023', '00000000-0000-7000-8000-000000000012', 'expired',
   decode(repeat('23', 32), 'hex'), 'old', array['inference'], now() - interval '1 day', null);
insert into adapter (id, tenant_id, name, base_model_id, next_number, archived_at) values
  ('00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000011', 'intent',
   '00000000-0000-7000-8000-000000000001', 6, null),
  ('00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000011', 'retired',
   '00000000-0000-7000-8000-000000000001', 2, now());
insert into adapter_version (id, tenant_id, adapter_id, number)
  select ('00000000-0000-7000-8000-00000000004' || n)::uuid,
    '00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000031', n
  from generate_series(1, 5) n;
insert into version_file (version_id, tenant_id, path, bytes, sha256, storage_id)
  select id, tenant_id, 'model.safetensors', 1000, decode(repeat('05', 32), 'hex'), gen_random_uuid()
  from adapter_version;
-- 1 and 2 are ready, 3 is rejected, 4 archived, 5 still takes files.
update adapter_version set state = 'VALIDATING' where number < 4;
insert into expert_blob (digest, bytes) values (decode(repeat('06', 32), 'hex'), 800);
insert into version_expert (version_id, tenant_id, layer, expert_column, digest)
  select id, tenant_id, 1, 7, decode(repeat('06', 32), 'hex') from adapter_version where number < 3;
update adapter_version set digest = decode(repeat('4' || number, 32), 'hex'), bytes = 800,
    state = 'READY' where number < 3;
update adapter_version set report = '[{"code": "c", "where": "w", "message": "m"}]',
    state = 'REJECTED' where number = 3;
update adapter_version set state = 'ARCHIVED' where number = 4;
insert into alias (tenant_id, name, revision) values
  ('00000000-0000-7000-8000-000000000011', 'intent', 2),
  ('00000000-0000-7000-8000-000000000011', 'retired', 1);
insert into alias_target (tenant_id, name, version_id) values
  ('00000000-0000-7000-8000-000000000011', 'intent', '00000000-0000-7000-8000-000000000042');
insert into alias_history (tenant_id, name, revision, targets, changed_by) values
  ('00000000-0000-7000-8000-000000000011', 'intent', 2,
   '[{"version": "00000000-0000-7000-8000-000000000042", "number": 2, "weight": 1}]', 'key:live');
insert into adapter_grant (tenant_id, adapter_id, grantee_id) values
  ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000031',
   '00000000-0000-7000-8000-000000000012');
insert into usage_record values
  ('chatcmpl-1', '00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000023',
   'owner/intent', '00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000042',
   'stop', 30, 10, 12, 1000, 20000, timestamptz '2026-01-01 10:20:00Z');
insert into audit (id, tenant_id, actor, action, subject, after) values
  ('00000000-0000-7000-8000-000000000051', '00000000-0000-7000-8000-000000000011', 'key:live',
   'adapter.publish', 'intent@2', '{"versions": [2]}');
