WITH
-- include tenant-objects.sql
,
-- include privileges.sql
SELECT 'privileges on ' || object, string_agg(sql, '; ' ORDER BY step, sql)
FROM (
    SELECT object, 1 AS step, format('REVOKE ALL ON %s FROM PUBLIC, %s', object,
        CASE object WHEN 'SCHEMA public' THEN 'pg_database_owner' ELSE 'CURRENT_USER' END) AS sql
    FROM object_acl WHERE default_of IS NULL AND acl IS NOT NULL AND col IS NULL
    UNION
    SELECT object, 2, format('GRANT %s%s ON %s TO %s', privilege_type, ' (' || col || ')', object, recipient)
    FROM object_grant WHERE default_of IS NULL) statements
GROUP BY object
