WITH
-- include tenant-objects.sql
SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, format('constraint %I of %s', conname, c.oid::regclass),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN tenant_class c ON c.oid = k.conrelid
WHERE contype = 'f' AND conparentid = 0
