WITH
-- include tenant-objects.sql
-- Objects that an extension drops when it is dropped.
SELECT format('%s, which depends on extension %I', description, extname), format('ALTER %s DEPENDS ON EXTENSION %I', object, extname)
FROM (
    SELECT 'pg_proc'::regclass AS classid, p.oid AS objid, 'function ' || p.oid::regprocedure AS description,
           'ROUTINE ' || p.oid::regprocedure AS object
    FROM tenant_function p
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 'index ' || c.oid::regclass, 'INDEX ' || c.oid::regclass
    FROM tenant_class c JOIN usable_index x ON x.indexrelid = c.oid
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 'materialized view ' || c.oid::regclass, 'MATERIALIZED VIEW ' || c.oid::regclass
    FROM tenant_class c WHERE relkind = 'm'
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid, format('trigger %I of %s', tgname, c.oid::regclass),
           format('TRIGGER %I ON %s', tgname, c.oid::regclass)
    FROM pg_trigger g JOIN tenant_class c ON c.oid = g.tgrelid WHERE tgparentid = 0) o
    JOIN pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.deptype = 'x'
    JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
