WITH
-- include tenant-objects.sql
SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, format('default of column %I of %s', attname, c.oid::regclass),
       format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, attname, pg_get_expr(adbin, adrelid))
FROM pg_attrdef d JOIN tenant_class c ON c.oid = d.adrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE attgenerated = '' AND NOT attisdropped
