WITH
-- include tenant-objects.sql
SELECT 'comment on ' || i.identity, format('COMMENT ON %s %s IS %L',
    CASE i.type WHEN 'composite type' THEN 'TYPE' WHEN 'statistics object' THEN 'STATISTICS'
        WHEN 'table constraint' THEN 'CONSTRAINT' WHEN 'domain constraint' THEN 'CONSTRAINT'
        ELSE CASE WHEN i.type LIKE '% column' THEN 'COLUMN' ELSE upper(i.type) END END,
    CASE i.type WHEN 'domain constraint' THEN (
        SELECT format('%I ON DOMAIN %s', conname, format_type(contypid, NULL)) FROM pg_constraint WHERE oid = objoid)
        ELSE i.identity END, description)
FROM pg_description d, pg_identify_object(classoid, objoid, objsubid) i
WHERE (objoid >= 16384 OR (classoid = 'pg_namespace'::regclass AND objoid = to_regnamespace('public')))
    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = classoid AND x.objid = objoid AND x.deptype = 'e')
    -- Publications do not belong to the tenant.
    AND classoid <> 'pg_publication'::regclass
    AND NOT (classoid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c WHERE c.oid = objoid AND (c.relpersistence = 't'
        OR (c.relkind IN ('i', 'I') AND NOT EXISTS (SELECT FROM usable_index x WHERE x.indexrelid = c.oid)))))
