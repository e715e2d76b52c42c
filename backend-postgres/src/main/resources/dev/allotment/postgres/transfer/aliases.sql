-- The row type of a table.
SELECT 'pg_type'::regclass::oid::bigint, t.oid::bigint, 'pg_class'::regclass::oid::bigint, t.typrelid::bigint
FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c' AND t.oid >= 16384
-- The class of a composite type.
UNION ALL
SELECT 'pg_class'::regclass::oid::bigint, t.typrelid::bigint, 'pg_type'::regclass::oid::bigint, t.oid::bigint
FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind = 'c' AND t.oid >= 16384
-- Array types and multirange types.
UNION ALL
SELECT 'pg_type'::regclass::oid::bigint, t.typarray::bigint, 'pg_type'::regclass::oid::bigint, t.oid::bigint
FROM pg_type t WHERE t.typarray <> 0 AND t.oid >= 16384
UNION ALL
SELECT 'pg_type'::regclass::oid::bigint, rngmultitypid::bigint, 'pg_type'::regclass::oid::bigint, rngtypid::bigint
FROM pg_range WHERE rngtypid >= 16384
-- Members of an extension.
UNION ALL
SELECT d.classid::bigint, d.objid::bigint, d.refclassid::bigint, d.refobjid::bigint
FROM pg_depend d WHERE d.deptype = 'e'
-- The constructors of a range type, and the sequence of an identity column.
UNION ALL
SELECT d.classid::bigint, d.objid::bigint, d.refclassid::bigint, d.refobjid::bigint
FROM pg_depend d
WHERE d.deptype = 'i' AND d.objid >= 16384 AND (d.classid = 'pg_proc'::regclass
    OR (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relkind = 'S')))
-- The index of a constraint.
UNION ALL
SELECT 'pg_class'::regclass::oid::bigint, conindid::bigint, 'pg_constraint'::regclass::oid::bigint, oid::bigint
FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
-- The query of a view.
UNION ALL
SELECT 'pg_rewrite'::regclass::oid::bigint, oid::bigint, 'pg_class'::regclass::oid::bigint, ev_class::bigint
FROM pg_rewrite WHERE rulename = '_RETURN' AND oid >= 16384
-- The expression of a generated column.
UNION ALL
SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, 'pg_class'::regclass::oid::bigint, d.adrelid::bigint
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
-- The constraints of a domain.
UNION ALL
SELECT 'pg_constraint'::regclass::oid::bigint, oid::bigint, 'pg_type'::regclass::oid::bigint, contypid::bigint
FROM pg_constraint WHERE contypid <> 0 AND convalidated
