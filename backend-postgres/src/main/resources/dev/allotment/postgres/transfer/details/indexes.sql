WITH
-- include tenant-objects.sql
,
-- include clauses.sql
SELECT 'index ' || i.oid::regclass,
       concat_ws('; ',
           CASE WHEN i.reloptions IS NOT NULL THEN format('ALTER INDEX %s SET (%s)', i.oid::regclass,
               (SELECT options FROM class_options o WHERE o.oid = i.oid)) END,
           CASE WHEN indisclustered THEN format('ALTER TABLE %s CLUSTER ON %I', c.oid::regclass, i.relname) END,
           CASE WHEN indisreplident
               THEN format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', c.oid::regclass, i.relname) END,
           (SELECT string_agg(
                format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', i.oid::regclass, attnum, attstattarget), '; ')
            FROM pg_attribute WHERE attrelid = i.oid AND attstattarget >= 0))
FROM usable_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN tenant_class c ON c.oid = x.indrelid
WHERE c.relkind IN ('r', 'p', 'm') AND (i.reloptions IS NOT NULL OR indisclustered OR indisreplident
    OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = i.oid AND attstattarget >= 0))
