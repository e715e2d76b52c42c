WITH
-- include tenant-objects.sql
,
-- include privileges.sql
SELECT 'default privileges', string_agg(sql, '; ' ORDER BY step, sql)
FROM (
    SELECT default_of, 1 AS step, format('ALTER DEFAULT PRIVILEGES REVOKE ALL ON %s FROM PUBLIC, CURRENT_USER', object) AS sql
    FROM object_acl WHERE default_of IS NOT NULL AND place = ''
    UNION
    SELECT default_of, 2, format('ALTER DEFAULT PRIVILEGES %s GRANT %s ON %s TO %s', place, privilege_type, object, recipient)
    FROM object_grant WHERE default_of IS NOT NULL) statements
GROUP BY default_of
