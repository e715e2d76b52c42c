WITH
-- include tenant-objects.sql
-- The last change of each column, and of what gives tables, schemas and values of enumerated types their names. It
-- distinguishes a table from another one with the same columns that had its name meanwhile, and shows a change of the
-- table that has replaced its rows. TRUNCATE, which is replicated, changes neither columns nor types.
SELECT CAST(a.attrelid AS text), CAST(a.attnum AS text), CAST(a.xmin AS text)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN tenant_schema n ON n.oid = c.relnamespace
WHERE relkind IN ('r', 'p', 'c') AND relpersistence <> 't' AND attnum > 0
UNION ALL
SELECT CAST(c.oid::regclass AS text), CAST(c.oid AS text), CAST(t.xmin AS text)
FROM tenant_class c JOIN pg_type t ON t.oid = c.reltype
WHERE relkind IN ('r', 'p')
UNION ALL
SELECT CAST(n.oid::regnamespace AS text), CAST(n.oid AS text), CAST(s.xmin AS text)
FROM tenant_schema n JOIN pg_namespace s ON s.oid = n.oid
UNION ALL
SELECT CAST(e.enumtypid AS text), CAST(e.oid AS text), CAST(e.xmin AS text)
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN tenant_schema n ON n.oid = t.typnamespace
