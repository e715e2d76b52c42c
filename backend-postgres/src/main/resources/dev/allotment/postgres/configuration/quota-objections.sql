-- Why a table cannot have a quota: something could remove the quota. The parameter is the oid of the table.
WITH RECURSIVE t AS (SELECT * FROM pg_class WHERE oid = CAST(? AS oid)),
-- Foreign keys change rows of the table with the rights of its owner.
keys AS (
    SELECT k.*, confupdtype IN ('c', 'n', 'd') OR confdeltype IN ('n', 'd') AS updates, confdeltype = 'c' AS deletes
    FROM pg_constraint k JOIN t ON k.conrelid = t.oid WHERE contype = 'f'),
-- The expressions that PostgreSQL evaluates with the rights of the owner, during ANALYZE or for a foreign key.
expressions AS (
    SELECT 'index ' || quote_ident(i.relname) AS what, tree
    FROM t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid,
        LATERAL (VALUES (CAST(indexprs AS text)), (CAST(indpred AS text))) trees (tree)
    UNION ALL
    SELECT 'statistics object ' || quote_ident(stxname), CAST(stxexprs AS text) FROM t JOIN pg_statistic_ext ON stxrelid = t.oid
    UNION ALL
    SELECT 'check ' || quote_ident(conname), CAST(conbin AS text) FROM t JOIN pg_constraint ON conrelid = t.oid
    WHERE contype = 'c' AND EXISTS (SELECT FROM keys WHERE updates)
    UNION ALL
    SELECT 'generated column ' || quote_ident(attname), CAST(adbin AS text)
    FROM t JOIN pg_attrdef d ON adrelid = t.oid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.adnum
    WHERE attgenerated <> '' AND EXISTS (SELECT FROM keys WHERE updates)),
-- The types of all columns, with those that they consist of.
types (col, type) AS (
    SELECT attname, atttypid FROM pg_attribute JOIN t ON attrelid = t.oid WHERE attnum > 0 AND NOT attisdropped
    UNION
    SELECT col, part FROM types JOIN pg_type y ON y.oid = types.type
        LEFT JOIN pg_range m ON m.rngmultitypid = y.oid
        LEFT JOIN pg_attribute f ON f.attrelid = y.typrelid AND f.attnum > 0 AND NOT f.attisdropped,
        LATERAL (VALUES (typbasetype), (typelem), (f.atttypid), (m.rngtypid)) parts (part)
    WHERE part <> 0),
-- The columns that foreign keys compare, with their types below all domains.
pairs AS (
    SELECT k.conname, k.conrelid, k.confrelid, b.attrelid AS side, b.attname, b.position,
        COALESCE(NULLIF(y.typbasetype, 0), y.oid) AS type, y.typtype = 'd' AND k.conrelid = b.attrelid AS narrowed
    FROM t JOIN pg_constraint k ON k.contype = 'f' AND t.oid IN (k.conrelid, k.confrelid),
        LATERAL (
            SELECT a.attrelid, a.attname, a.atttypid, position, 1 AS from_to FROM unnest(k.conkey) WITH ORDINALITY u (number, position)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = number
            UNION ALL
            SELECT a.attrelid, a.attname, a.atttypid, position, 2 FROM unnest(k.confkey) WITH ORDINALITY u (number, position)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = number) b
        JOIN pg_type y ON y.oid = b.atttypid)
SELECT 'it is not an ordinary table' FROM t
WHERE relkind <> 'r' OR relpersistence = 't' OR relispartition OR reloftype <> 0 OR relhasrules
UNION ALL
SELECT 'it inherits from another table, or another table inherits from it' FROM pg_inherits, t
WHERE inhrelid = t.oid OR inhparent = t.oid
UNION ALL
-- Policies do not apply to the owner of a table, and would apply to the application when it is no longer the owner.
SELECT 'it has row level security' FROM t WHERE relrowsecurity OR relforcerowsecurity
UNION ALL
-- The application could drop that object, and the table with it.
SELECT 'it, or schema public, belongs to ' || pg_describe_object(refclassid, refobjid, 0) FROM pg_depend d, t
WHERE ((classid = 'pg_class'::regclass AND objid = t.oid AND refclassid <> 'pg_namespace'::regclass)
        OR (classid = 'pg_namespace'::regclass AND objid = t.relnamespace))
    AND objsubid = 0 AND refobjsubid = 0 AND refobjid <> t.oid
UNION ALL
-- Allowed are nodes and functions that are known to run nothing else: immutable functions of PostgreSQL itself.
SELECT what || ' of it uses more than immutable built-in functions'
FROM expressions
WHERE EXISTS (
        SELECT FROM regexp_matches(tree, '\{([A-Z_]+)', 'g') node
        WHERE node[1] NOT IN ('VAR', 'CONST', 'OPEXPR', 'FUNCEXPR', 'BOOLEXPR', 'NULLTEST', 'BOOLEANTEST', 'SCALARARRAYOPEXPR',
            'ARRAYEXPR', 'DISTINCTEXPR', 'NULLIFEXPR', 'CASEEXPR', 'CASEWHEN', 'CASETESTEXPR', 'COALESCEEXPR', 'MINMAXEXPR',
            'RELABELTYPE', 'COERCEVIAIO', 'ARRAYCOERCEEXPR', 'COLLATEEXPR', 'FIELDSELECT', 'SUBSCRIPTINGREF'))
    OR EXISTS (
        SELECT FROM regexp_matches(tree, ':(?:funcid|opfuncid) (\d+)', 'g') used
        WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = CAST(used[1] AS oid) AND p.oid < 16384 AND provolatile = 'i'))
    OR EXISTS (SELECT FROM regexp_matches(tree, ':resulttype (\d+)', 'g') made WHERE CAST(made[1] AS bigint) >= 16384)
UNION ALL
-- ANALYZE and indexes measure ranges with a function that the application can define.
SELECT 'column ' || quote_ident(col) || ' has a range type with functions that are not built in'
FROM types JOIN pg_range r ON r.rngtypid = types.type
WHERE CAST(rngsubdiff AS oid) >= 16384 OR CAST(rngcanonical AS oid) >= 16384
UNION ALL
SELECT 'its foreign key ' || quote_ident(conname) || ' sets defaults' FROM keys WHERE 'd' IN (confupdtype, confdeltype)
UNION ALL
SELECT 'its foreign key ' || quote_ident(k.conname) || ' fires trigger ' || quote_ident(tgname)
FROM keys k JOIN pg_trigger g ON g.tgrelid = k.conrelid JOIN pg_proc p ON p.oid = g.tgfoid
WHERE NOT tgisinternal AND p.pronamespace <> 'allotment'::regnamespace
    AND ((deletes AND tgtype & 8 <> 0) OR (updates AND tgtype & 16 <> 0))
UNION ALL
SELECT 'its foreign key ' || quote_ident(k.conname) || ' changes a column whose type is a domain'
FROM keys k JOIN pairs p ON p.conname = k.conname AND p.conrelid = k.conrelid WHERE updates AND p.narrowed
UNION ALL
-- The application could define how the types are converted.
SELECT 'foreign key ' || quote_ident(a.conname) || ' compares different types that are not built in'
FROM pairs a JOIN pairs b ON b.conname = a.conname AND b.conrelid = a.conrelid AND b.position = a.position
WHERE a.type <> b.type AND (a.type >= 16384 OR b.type >= 16384)
