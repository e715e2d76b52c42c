WITH
-- include tenant-objects.sql
-- The last change of each column. It distinguishes a table from another one with the same name and columns, and shows a
-- change of the table that has replaced its rows, which is not replicated.
SELECT CAST(a.attrelid AS text), CAST(a.attnum AS text), CAST(a.xmin AS text)
FROM pg_attribute a JOIN tenant_class c ON c.oid = a.attrelid
WHERE relkind IN ('r', 'p') AND attnum > 0
