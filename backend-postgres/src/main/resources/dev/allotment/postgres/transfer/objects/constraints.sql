WITH
-- include tenant-objects.sql
SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, format('constraint %I of %s', conname, c.oid::regclass),
       format('ALTER TABLE %s %s ADD CONSTRAINT %I %s', CASE WHEN contype IN ('p', 'u', 'x') THEN 'ONLY' ELSE '' END,
           c.oid::regclass, conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN tenant_class c ON c.oid = k.conrelid
WHERE contype IN ('p', 'u', 'x') OR (contype = 'c' AND (coninhcount = 0 OR conislocal))
