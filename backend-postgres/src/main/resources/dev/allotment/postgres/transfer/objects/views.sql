WITH
-- include tenant-objects.sql
,
-- include clauses.sql
SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'view ' || c.oid::regclass,
       format('CREATE VIEW %I.%I', nspname, relname)
       || COALESCE(' WITH (' || (SELECT options FROM class_options o WHERE o.oid = c.oid) || ')', '')
       || ' AS ' || pg_get_viewdef(c.oid)
FROM tenant_class c
WHERE relkind = 'v'
