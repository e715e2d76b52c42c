SELECT c.relname, a.attname, CAST(d.objid::regclass AS text)
FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
    AND c.relnamespace = 'allotment'::regnamespace AND c.relname NOT IN ('schema_version', 'row_limits', 'adoption')
ORDER BY 1
