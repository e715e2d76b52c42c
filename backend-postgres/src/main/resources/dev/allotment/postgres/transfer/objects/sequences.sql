WITH
-- include tenant-objects.sql
,
-- include clauses.sql
SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'sequence ' || c.oid::regclass,
       format('CREATE %s SEQUENCE %I.%I AS %s %s', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END,
           nspname, relname, format_type(q.seqtypid, NULL), q.options)
FROM tenant_class c JOIN sequence_options q ON q.oid = c.oid
WHERE relkind = 'S'
