SELECT 'schema public', 'ALTER SCHEMA public OWNER TO CURRENT_USER'
FROM pg_namespace
WHERE nspname = 'public' AND nspowner = (SELECT datdba FROM pg_database WHERE datname = current_database())
