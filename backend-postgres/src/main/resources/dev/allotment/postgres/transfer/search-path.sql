SELECT substr(c, length('search_path=') + 1)
FROM pg_db_role_setting, unnest(setconfig) c
WHERE starts_with(c, 'search_path=')
    AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND setrole IN (0, (SELECT datdba FROM pg_database WHERE datname = current_database()))
ORDER BY setrole = 0, setdatabase = 0
LIMIT 1
