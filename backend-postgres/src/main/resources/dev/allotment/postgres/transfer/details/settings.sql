SELECT 'setting ' || name, CASE
    WHEN setrole = 0 THEN format('DO %L', format('BEGIN EXECUTE pg_catalog.format(%L, pg_catalog.current_database()); END',
        format('ALTER DATABASE %%I SET %I TO %s', name, replace(value, '%', '%%'))))
    WHEN setdatabase = 0 THEN format('ALTER ROLE CURRENT_USER SET %I TO %s', name, value)
    ELSE format('DO %L', format('BEGIN EXECUTE pg_catalog.format(%L, pg_catalog.current_database()); END',
        format('ALTER ROLE CURRENT_USER IN DATABASE %%I SET %I TO %s', name, replace(value, '%', '%%')))) END
FROM (
    SELECT setrole, setdatabase, place, split_part(c, '=', 1) AS name,
           -- The value of these is a list, and is stored as SET takes it.
           CASE WHEN split_part(c, '=', 1) IN ('search_path', 'temp_tablespaces', 'local_preload_libraries',
                   'session_preload_libraries', 'shared_preload_libraries', 'unix_socket_directories') AND NOT c LIKE '%='
               THEN substr(c, strpos(c, '=') + 1) ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END AS value
    FROM pg_db_role_setting, unnest(setconfig) WITH ORDINALITY settings(c, place),
        (SELECT oid AS this, datdba FROM pg_database WHERE datname = current_database()) d
    WHERE (setdatabase, setrole) IN ((this, 0), (0, datdba), (this, datdba))) settings
ORDER BY setrole, setdatabase, place
