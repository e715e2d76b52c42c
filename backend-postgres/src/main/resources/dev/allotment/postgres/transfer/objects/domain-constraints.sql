WITH
-- include tenant-objects.sql
-- Only those that are not validated. The others are created together with the domain.
SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint,
       'constraint ' || quote_ident(conname) || ' of domain ' || format_type(contypid, NULL),
       format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', format_type(contypid, NULL), conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN tenant_schema n ON n.oid = k.connamespace
WHERE contypid <> 0 AND contype = 'c' AND NOT convalidated
