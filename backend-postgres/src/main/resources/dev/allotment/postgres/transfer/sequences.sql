WITH
-- include tenant-objects.sql
-- Those of identity columns, too.
SELECT c.oid::bigint, CAST(c.oid::regclass AS text)
FROM pg_class c JOIN tenant_schema n ON n.oid = c.relnamespace
WHERE relkind = 'S' AND relpersistence <> 't'
ORDER BY 2
