-- Schemas that the tenant can have objects in: all but those of PostgreSQL and the base schema.
tenant_schema AS (
    SELECT * FROM pg_namespace
    WHERE NOT starts_with(nspname, 'pg_') AND nspname NOT IN ('information_schema', 'allotment', 'allotment_gate')
),
-- Objects that are created together with an extension or with another object.
dependent AS (
    SELECT classid, objid FROM pg_depend
    WHERE objsubid = 0 AND refobjid <> objid AND deptype IN ('e', 'i')
),
-- Tables, views, sequences and indexes of the tenant that each need a statement.
tenant_class AS (
    SELECT c.*, n.nspname FROM pg_class c JOIN tenant_schema n ON n.oid = c.relnamespace
    WHERE c.relpersistence <> 't'
        AND NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid)
),
-- Indexes that can be built again. Others are what is left of a build that failed; pg_dump leaves them out, too.
usable_index AS (
    SELECT x.* FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
    WHERE x.indisready AND (x.indisvalid OR t.relkind = 'p')
),
tenant_function AS (
    SELECT p.*, n.nspname FROM pg_proc p JOIN tenant_schema n ON n.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid)
),
tenant_type AS (
    SELECT t.*, n.nspname FROM pg_type t JOIN tenant_schema n ON n.oid = t.typnamespace
    WHERE NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid)
)
