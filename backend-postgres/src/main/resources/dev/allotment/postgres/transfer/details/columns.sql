WITH
-- include tenant-objects.sql
SELECT 'column ' || quote_ident(attname) || ' of ' || c.oid::regclass,
       concat_ws('; ',
           CASE WHEN attstorage <> typstorage THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STORAGE %s', c.oid::regclass,
               attname, CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) END,
           CASE WHEN attstattarget >= 0 THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s', c.oid::regclass,
               attname, attstattarget) END,
           -- A server may have private options there, which others do not know.
           CASE WHEN options IS NOT NULL THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s)', c.oid::regclass, attname,
               options) END)
FROM (
    SELECT *, (SELECT string_agg(split_part(o, '=', 1) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
               FROM unnest(attoptions) o WHERE split_part(o, '=', 1) IN ('n_distinct', 'n_distinct_inherited')) AS options
    FROM pg_attribute) a JOIN pg_type y ON y.oid = a.atttypid JOIN tenant_class c ON c.oid = a.attrelid
WHERE relkind IN ('r', 'p', 'm') AND attnum > 0 AND NOT attisdropped
    AND (attstorage <> typstorage OR attstattarget >= 0 OR options IS NOT NULL)
