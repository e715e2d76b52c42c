-- The roles of tenants with the databases that they own. The parameter is the prefix of their names. The placeholder is
-- the condition that the database is complete.
SELECT r.rolname, d.datname,
       %s AND d.oid IS NOT NULL AND d.datconnlimit <> -2 AS finished,
       shobj_description(r.oid, 'pg_authid') AS token,
       r.rolcanlogin AND d.datallowconn AS open,
       d.datallowconn,
       d.datconnlimit >= 0 AS limited,
       EXISTS (SELECT FROM aclexplode(d.datacl) a
               WHERE a.grantee NOT IN (d.datdba, CAST('pg_database_owner' AS regrole))
                 AND NOT EXISTS (SELECT FROM pg_roles reader JOIN pg_auth_members m ON m.member = reader.oid
                                 WHERE reader.oid = a.grantee AND m.roleid = d.datdba
                                   AND starts_with(reader.rolname, 'allotment_reader_')))
           OR d.datacl IS NULL AS shared,
       r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls AS powerful,
       EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid
               WHERE m.member = r.oid AND starts_with(o.rolname, :prefix)) AS related
FROM pg_roles r LEFT JOIN pg_database d ON d.datdba = r.oid
WHERE starts_with(r.rolname, :prefix)
ORDER BY d.datname
