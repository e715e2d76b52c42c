WITH
-- include tenant-objects.sql
SELECT CAST(c.oid::regclass AS text)
FROM tenant_class c
WHERE relkind IN ('r', 'p')
ORDER BY c.oid
