WITH
-- include tenant-objects.sql
,
-- include clauses.sql
SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'materialized view ' || c.oid::regclass,
       format('CREATE MATERIALIZED VIEW %I.%I', nspname, relname)
       || COALESCE(' WITH (' || (SELECT options FROM class_options o WHERE o.oid = c.oid) || ')', '')
       || ' AS ' || rtrim(pg_get_viewdef(c.oid), ';') || ' WITH NO DATA'
FROM tenant_class c
WHERE relkind = 'm'
