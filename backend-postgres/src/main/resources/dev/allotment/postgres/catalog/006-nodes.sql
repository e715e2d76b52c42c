-- readable from 4
-- The nodes that work on the catalog, with what they can read: a migration waits for those that could not read its result.
CREATE TABLE allotment.nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    schema_version integer NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT nodes_name_key UNIQUE (name)
);
