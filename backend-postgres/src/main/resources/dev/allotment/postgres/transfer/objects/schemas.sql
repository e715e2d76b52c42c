WITH
-- include tenant-objects.sql
SELECT 'pg_namespace'::regclass::oid::bigint, n.oid::bigint, 'schema ' || quote_ident(nspname), format('CREATE SCHEMA %I', nspname)
FROM tenant_schema n
WHERE nspname <> 'public' AND NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_namespace'::regclass AND x.objid = n.oid)
