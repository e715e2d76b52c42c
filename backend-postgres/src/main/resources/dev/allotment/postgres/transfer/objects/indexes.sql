WITH
-- include tenant-objects.sql
SELECT 'pg_class'::regclass::oid::bigint, i.oid::bigint, 'index ' || i.oid::regclass, pg_get_indexdef(i.oid)
FROM usable_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN tenant_class c ON c.oid = x.indrelid
WHERE c.relkind IN ('r', 'p', 'm')
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
