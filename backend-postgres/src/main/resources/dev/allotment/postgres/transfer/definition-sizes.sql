-- The largest definition, and the size of all of them in bytes. A stored expression has at least three times the size of
-- its text. No value is decompressed.
SELECT pg_describe_object(classid, objid, subid), CAST(sum(bytes) OVER () AS bigint) FROM (
    SELECT CAST('pg_proc'::regclass AS oid) AS classid, oid AS objid, 0 AS subid,
           octet_length(prosrc)
           + (COALESCE(octet_length(prosqlbody::text), 0) + COALESCE(octet_length(proargdefaults::text), 0)) / 3 AS bytes
    FROM pg_proc WHERE oid >= 16384
    UNION ALL
    SELECT classoid, objoid, objsubid, octet_length(description) FROM pg_description
    UNION ALL
    SELECT 'pg_rewrite'::regclass, oid, 0, (octet_length(ev_action::text) + octet_length(ev_qual::text)) / 3
    FROM pg_rewrite WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_attrdef'::regclass, oid, 0, octet_length(adbin::text) / 3 FROM pg_attrdef
    UNION ALL
    SELECT 'pg_constraint'::regclass, oid, 0, octet_length(conbin::text) / 3
    FROM pg_constraint WHERE oid >= 16384 AND conbin IS NOT NULL
    UNION ALL
    SELECT 'pg_policy'::regclass, oid, 0,
           (COALESCE(octet_length(polqual::text), 0) + COALESCE(octet_length(polwithcheck::text), 0)) / 3
    FROM pg_policy
    UNION ALL
    SELECT 'pg_class'::regclass, indexrelid, 0,
           (COALESCE(octet_length(indexprs::text), 0) + COALESCE(octet_length(indpred::text), 0)) / 3
    FROM pg_index WHERE indexrelid >= 16384
    UNION ALL
    SELECT 'pg_trigger'::regclass, oid, 0, octet_length(tgargs) + COALESCE(octet_length(tgqual::text), 0) / 3 FROM pg_trigger
    UNION ALL
    SELECT 'pg_type'::regclass, oid, 0, octet_length(typdefault) FROM pg_type WHERE oid >= 16384 AND typdefault IS NOT NULL
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, oid, 0, octet_length(stxexprs::text) / 3 FROM pg_statistic_ext WHERE stxexprs IS NOT NULL
    UNION ALL
    SELECT 'pg_class'::regclass, oid, 0, octet_length(relpartbound::text) / 3 FROM pg_class WHERE relpartbound IS NOT NULL
    UNION ALL
    SELECT 'pg_class'::regclass, partrelid, 0, octet_length(partexprs::text) / 3
    FROM pg_partitioned_table WHERE partexprs IS NOT NULL
    UNION ALL
    SELECT 'pg_database'::regclass, d.oid, 0,
           COALESCE(octet_length(shobj_description(d.oid, 'pg_database')), 0) + COALESCE((
               SELECT sum(octet_length(c)) FROM pg_db_role_setting, unnest(setconfig) c
               WHERE setdatabase = d.oid OR setrole = d.datdba), 0)
    FROM pg_database d WHERE datname = current_database()) sizes
ORDER BY bytes DESC
LIMIT 1
