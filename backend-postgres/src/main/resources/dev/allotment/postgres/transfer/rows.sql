WITH
-- include tenant-objects.sql
SELECT 'table ' || c.oid::regclass, CAST(c.oid::regclass AS text),
       (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
FROM tenant_class c
WHERE relkind = 'r'
ORDER BY 2
