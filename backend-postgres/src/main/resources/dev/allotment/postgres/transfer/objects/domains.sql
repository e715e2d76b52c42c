WITH
-- include tenant-objects.sql
,
-- include clauses.sql
SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, 'domain ' || format_type(t.oid, NULL),
       format('CREATE DOMAIN %I.%I AS %s', nspname, typname, format_type(typbasetype, typtypmod))
       || COALESCE(CASE WHEN typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)
           THEN (SELECT clause FROM collate_clause o WHERE o.oid = t.typcollation) END, '')
       || COALESCE(' DEFAULT ' || pg_get_expr(typdefaultbin, 0), '')
       || CASE WHEN typnotnull THEN COALESCE((
           -- It has a name since version 17.
           SELECT format(' CONSTRAINT %I', conname) FROM pg_constraint k WHERE k.contypid = t.oid AND contype = 'n'), '')
           || ' NOT NULL' ELSE '' END
       || COALESCE((
           SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)), '' ORDER BY conname)
           FROM pg_constraint k WHERE contypid = t.oid AND contype = 'c' AND convalidated), '')
FROM tenant_type t
WHERE typtype = 'd'
