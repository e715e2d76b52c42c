SELECT 'comment on the database', format('DO %L', format(
    'BEGIN EXECUTE pg_catalog.format(''COMMENT ON DATABASE %%I IS %%L'', pg_catalog.current_database(), %L); END', description))
FROM pg_shdescription
WHERE classoid = 'pg_database'::regclass AND objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
