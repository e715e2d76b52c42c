WITH
-- include tenant-objects.sql
SELECT CAST(c.oid AS text), CAST(c.oid::regclass AS text) FROM tenant_class c WHERE relkind = 'r'
UNION ALL
SELECT CAST(c.oid AS text), CAST(c.oid::regclass AS text) FROM pg_class c
WHERE relnamespace = 'allotment'::regnamespace AND relkind = 'r'
    AND relname NOT IN ('schema_version', 'row_limits', 'adoption')
