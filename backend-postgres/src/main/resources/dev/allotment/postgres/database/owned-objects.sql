-- Returns statements that give the objects of the owner of a database to another role, except extensions and their
-- members.
WITH theirs AS (SELECT oid, quote_ident(?) AS heir FROM pg_roles WHERE rolname = ?)
SELECT format('ALTER SCHEMA %I OWNER TO %s', n.nspname, heir)
FROM pg_namespace n JOIN theirs ON n.nspowner = theirs.oid
WHERE NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('information_schema', 'allotment', 'allotment_gate')
UNION ALL
SELECT format('ALTER %s %I.%I OWNER TO %s',
              CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                             WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
              n.nspname, c.relname, heir)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN theirs ON c.relowner = theirs.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT starts_with(n.nspname, 'pg_')
  AND n.nspname NOT IN ('information_schema', 'allotment', 'allotment_gate')
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = CAST('pg_class' AS regclass) AND x.objid = c.oid
                  AND (x.deptype = 'e' OR (c.relkind = 'S' AND x.deptype IN ('a', 'i'))))
UNION ALL
SELECT format('ALTER ROUTINE %s OWNER TO %s', CAST(CAST(p.oid AS regprocedure) AS text), heir)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN theirs ON p.proowner = theirs.oid
WHERE NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('information_schema', 'allotment', 'allotment_gate')
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = CAST('pg_proc' AS regclass) AND x.objid = p.oid
                  AND x.deptype = 'e')
UNION ALL
SELECT format('ALTER TYPE %I.%I OWNER TO %s', n.nspname, t.typname, heir)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN theirs ON t.typowner = theirs.oid
WHERE NOT starts_with(n.nspname, 'pg_') AND n.nspname NOT IN ('information_schema', 'allotment', 'allotment_gate')
  AND t.typtype IN ('e', 'd', 'r', 'c') AND (t.typtype <> 'c'
      OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = CAST('pg_type' AS regclass) AND x.objid = t.oid
                  AND x.deptype = 'e')
