-- What the temporary views of this session read.
SELECT DISTINCT CAST(v.relname AS text), d.refobjid::bigint
FROM pg_class v JOIN pg_rewrite r ON r.ev_class = v.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
WHERE v.relnamespace = pg_my_temp_schema() AND NOT (d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid)
