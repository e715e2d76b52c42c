-- readable from 1
-- How a client database holds limits of rows in the tables of its application: see H2Limits.

CREATE TABLE allotment.row_limits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name varchar NOT NULL,
    condition varchar NOT NULL,
    -- Whether a row that is not in the table counts: its columns that are asked for are parameters, in the order of positions.
    probe varchar NOT NULL,
    positions integer ARRAY NOT NULL,
    max_rows integer NOT NULL,
    model varchar NOT NULL,
    domain varchar NOT NULL
);
