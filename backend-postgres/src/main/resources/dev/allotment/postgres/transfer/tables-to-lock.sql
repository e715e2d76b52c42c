WITH
-- include tenant-objects.sql
SELECT c.oid::bigint, CAST(c.oid::regclass AS text)
FROM tenant_class c
WHERE relkind IN ('r', 'p')
ORDER BY c.oid
