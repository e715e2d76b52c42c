WITH
-- include tenant-objects.sql
SELECT 'pg_proc'::regclass::oid::bigint, p.oid::bigint, 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid)
FROM tenant_function p
WHERE prokind <> 'a'
