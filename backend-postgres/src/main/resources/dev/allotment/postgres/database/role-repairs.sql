-- Statements that take from a role what no role of a tenant has.
SELECT format('ALTER ROLE %I%s', r.rolname, concat(
           CASE WHEN r.rolsuper THEN ' NOSUPERUSER' END,
           CASE WHEN r.rolcreatedb THEN ' NOCREATEDB' END,
           CASE WHEN r.rolcreaterole THEN ' NOCREATEROLE' END,
           CASE WHEN r.rolreplication THEN ' NOREPLICATION' END,
           CASE WHEN r.rolbypassrls THEN ' NOBYPASSRLS' END))
FROM pg_roles r
WHERE r.rolname = :role
  AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls)
UNION ALL
SELECT format('REVOKE %I FROM %I GRANTED BY %I', o.rolname, r.rolname, g.rolname)
FROM pg_auth_members m
JOIN pg_roles o ON o.oid = m.roleid
JOIN pg_roles r ON r.oid = m.member
JOIN pg_roles g ON g.oid = m.grantor
WHERE r.rolname = :role AND starts_with(o.rolname, :prefix)
