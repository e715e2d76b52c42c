-- For each login of a tenant: statements that take from it what none may have. Other roles may be members of others.
SELECT r.rolname, format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r.rolname)
FROM pg_roles r
WHERE starts_with(r.rolname, :prefix)
  AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls)
UNION ALL
SELECT r.rolname, format('REVOKE %I FROM %I GRANTED BY %I', o.rolname, r.rolname, g.rolname)
FROM pg_auth_members m
JOIN pg_roles o ON o.oid = m.roleid
JOIN pg_roles r ON r.oid = m.member
JOIN pg_roles g ON g.oid = m.grantor
WHERE starts_with(r.rolname, :prefix)
  AND (starts_with(o.rolname, 'allotment_') OR starts_with(o.rolname, 'pg_') OR o.rolname = current_user
       OR o.rolsuper OR o.rolcreaterole OR o.rolcreatedb OR o.rolreplication OR o.rolbypassrls)
