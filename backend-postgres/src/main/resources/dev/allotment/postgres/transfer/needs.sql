SELECT classid::bigint, objid::bigint, refclassid::bigint, refobjid::bigint, CAST(deptype AS text)
FROM pg_depend
WHERE objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a', 'i')
