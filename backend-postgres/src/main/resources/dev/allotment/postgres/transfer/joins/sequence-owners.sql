WITH
-- include tenant-objects.sql
SELECT 'sequence ' || s.oid::regclass,
       format('ALTER SEQUENCE %s OWNED BY %s.%I', s.oid::regclass, d.refobjid::regclass, a.attname),
       'pg_class'::regclass::oid::bigint, s.oid::bigint, 'pg_class'::regclass::oid::bigint, d.refobjid::bigint
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN tenant_schema n ON n.oid = s.relnamespace
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a' AND s.relkind = 'S'
    AND s.relpersistence <> 't'
ORDER BY s.oid
