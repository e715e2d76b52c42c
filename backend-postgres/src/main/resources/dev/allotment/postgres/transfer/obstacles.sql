WITH
-- include tenant-objects.sql
,
-- include privileges.sql
,
-- Kinds of objects for which the tenant's role cannot create the objects again, or for which no statement exists here.
unsupported AS (
    SELECT 'pg_event_trigger'::regclass AS classid, oid FROM pg_event_trigger
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass AS classid, oid FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass AS classid, oid FROM pg_foreign_server
    UNION ALL SELECT 'pg_publication'::regclass AS classid, oid FROM pg_publication
        -- Not those of a replication by the control plane.
        WHERE NOT starts_with(pubname, 'allotment_') OR pubowner IN (SELECT oid FROM tenant_role)
    UNION ALL SELECT 'pg_operator'::regclass AS classid, oid FROM pg_operator
    UNION ALL SELECT 'pg_opclass'::regclass AS classid, oid FROM pg_opclass
    UNION ALL SELECT 'pg_opfamily'::regclass AS classid, oid FROM pg_opfamily
    UNION ALL SELECT 'pg_cast'::regclass AS classid, oid FROM pg_cast
    UNION ALL SELECT 'pg_conversion'::regclass AS classid, oid FROM pg_conversion
    UNION ALL SELECT 'pg_collation'::regclass AS classid, oid FROM pg_collation
    UNION ALL SELECT 'pg_language'::regclass AS classid, oid FROM pg_language
    UNION ALL SELECT 'pg_ts_config'::regclass AS classid, oid FROM pg_ts_config
    UNION ALL SELECT 'pg_ts_dict'::regclass AS classid, oid FROM pg_ts_dict
    UNION ALL SELECT 'pg_ts_parser'::regclass AS classid, oid FROM pg_ts_parser
    UNION ALL SELECT 'pg_ts_template'::regclass AS classid, oid FROM pg_ts_template
    UNION ALL SELECT 'pg_transform'::regclass AS classid, oid FROM pg_transform
    UNION ALL SELECT 'pg_am'::regclass AS classid, oid FROM pg_am
)
SELECT pg_describe_object(u.classid, u.oid, 0)
FROM unsupported u
WHERE u.oid >= 16384 AND NOT EXISTS (SELECT FROM dependent x WHERE x.classid = u.classid AND x.objid = u.oid)
UNION ALL
SELECT 'large object ' || oid FROM pg_largeobject_metadata
UNION ALL
SELECT 'subscription ' || quote_ident(subname) FROM pg_subscription
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL
SELECT 'security label of ' || pg_describe_object(classoid, objoid, objsubid) FROM pg_seclabel
UNION ALL
SELECT 'aggregate ' || p.oid::regprocedure FROM tenant_function p WHERE prokind = 'a'
UNION ALL
SELECT 'base type ' || format_type(t.oid, NULL) FROM tenant_type t
WHERE typtype IN ('b', 'p') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
UNION ALL
SELECT 'canonical function of range type ' || format_type(rngtypid, NULL) FROM pg_range
WHERE rngtypid >= 16384 AND rngcanonical <> 0::regproc AND NOT EXISTS (
    SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = rngtypid AND x.deptype = 'e')
UNION ALL
SELECT CASE WHEN relkind = 'f' THEN 'foreign table ' WHEN reloftype <> 0 THEN 'typed table '
           WHEN reltablespace <> 0 THEN 'tablespace of ' ELSE 'access method of ' END || c.oid::regclass
FROM tenant_class c
WHERE relkind = 'f' OR reloftype <> 0 OR reltablespace <> 0
    OR (relkind IN ('r', 'p', 'm') AND relam NOT IN (0, (SELECT oid FROM pg_am WHERE amname = 'heap')))
UNION ALL
SELECT 'table ' || c.oid::regclass || ' of an extension'
FROM pg_class c JOIN pg_depend x ON x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e'
WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'detaching of partition ' || inhrelid::regclass FROM pg_inherits WHERE inhdetachpending
UNION ALL
SELECT 'disabled constraint ' || quote_ident(conname) || ' of ' || conrelid::regclass
FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint WHERE tgisinternal AND tgenabled <> 'O'
UNION ALL
SELECT 'policy ' || quote_ident(polname) || ' of ' || polrelid::regclass || ', which names another role'
FROM pg_policy
WHERE EXISTS (SELECT FROM unnest(polroles) o WHERE o <> 0 AND o NOT IN (SELECT oid FROM tenant_role))
-- The policies of these also apply to the session that reads them for a backup.
UNION ALL
SELECT 'forced row security of table ' || c.oid::regclass FROM tenant_class c
WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity
    AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls))
-- Objects that belong to another role.
UNION ALL
SELECT pg_describe_object('pg_class'::regclass, c.oid, 0) || ', which belongs to ' || relowner::regrole
FROM tenant_class c
WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner NOT IN (SELECT oid FROM tenant_role)
    AND NOT EXISTS (SELECT FROM quota_class q WHERE q.oid = c.oid)
UNION ALL
SELECT pg_describe_object('pg_proc'::regclass, p.oid, 0) || ', which belongs to ' || proowner::regrole
FROM tenant_function p WHERE proowner NOT IN (SELECT oid FROM tenant_role)
UNION ALL
SELECT pg_describe_object('pg_type'::regclass, t.oid, 0) || ', which belongs to ' || typowner::regrole
FROM tenant_type t WHERE typtype IN ('e', 'd', 'r') AND typowner NOT IN (SELECT oid FROM tenant_role)
UNION ALL
SELECT pg_describe_object('pg_namespace'::regclass, n.oid, 0) || ', which belongs to ' || nspowner::regrole
FROM tenant_schema n
WHERE nspowner NOT IN (SELECT oid FROM tenant_role)
    AND NOT EXISTS (SELECT FROM dependent x WHERE x.classid = 'pg_namespace'::regclass AND x.objid = n.oid)
    AND NOT (nspname = 'public' AND nspowner IN (SELECT oid FROM quota_owner))
-- Privileges of other roles.
UNION ALL
SELECT 'privilege of ' || grantee::regrole || ' on ' || lower(split_part(object, ' ', 1)) || ' '
    || substr(object, strpos(object, ' ') + 1)
FROM object_grant WHERE default_of IS NULL AND NOT transferable
UNION ALL
SELECT 'privileges on ' || pg_describe_object(classoid, i.objoid, i.objsubid) || ' of an extension'
FROM pg_init_privs i JOIN pg_class c ON c.oid = i.objoid AND i.classoid = 'pg_class'::regclass
WHERE i.privtype = 'e' AND i.objsubid = 0 AND c.relacl IS DISTINCT FROM i.initprivs
UNION ALL
SELECT 'privileges on ' || pg_describe_object(x.classid, x.objid, 0) || ' of an extension'
FROM pg_depend x JOIN pg_proc p ON x.classid = 'pg_proc'::regclass AND p.oid = x.objid
    LEFT JOIN pg_init_privs i ON i.classoid = x.classid AND i.objoid = x.objid
WHERE x.deptype = 'e' AND p.proacl IS DISTINCT FROM i.initprivs
UNION ALL
SELECT 'default privileges of ' || defaclrole::regrole
FROM pg_default_acl WHERE defaclrole NOT IN (SELECT oid FROM tenant_role)
UNION ALL
SELECT 'default privilege of ' || grantee::regrole FROM object_grant WHERE default_of IS NOT NULL AND NOT transferable
-- Comments on objects that cannot have one in details/comments.sql.
UNION ALL
SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid) FROM pg_description
WHERE objoid >= 16384 AND classoid <> 'pg_publication'::regclass AND (pg_identify_object(classoid, objoid, objsubid)).type NOT IN ('table', 'view', 'materialized view',
        'index', 'sequence', 'schema', 'extension', 'function', 'procedure', 'type', 'composite type', 'trigger', 'rule', 'policy',
        'statistics object', 'table constraint', 'domain constraint', 'table column', 'view column',
        'materialized view column', 'composite type column')
    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = classoid AND x.objid = objoid AND x.deptype = 'e')
