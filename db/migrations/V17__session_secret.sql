-- Signs browsers' sessions at all replicas alike: 32 bytes, of which two random UUIDs have 244 bits.
-- Whoever can read it can sign sessions, so an operator may keep another one outside the database
-- (console.session-secret).
alter table installation
  add column session_secret bytea not null
    default sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)
    check (octet_length(session_secret) = 32);
