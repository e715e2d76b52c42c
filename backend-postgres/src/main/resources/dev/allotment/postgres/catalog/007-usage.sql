-- What client databases used, by day.

CREATE TABLE allotment.usage (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    day timestamptz NOT NULL,
    name text COLLATE "C" NOT NULL,
    customer_id bigint,
    plan_id bigint,
    users integer NOT NULL,
    peak_users integer NOT NULL,
    database_size bigint NOT NULL,
    peak_database_size bigint NOT NULL,
    file_size bigint NOT NULL,
    peak_file_size bigint NOT NULL,
    records text COLLATE "C" NOT NULL,
    read_at timestamptz NOT NULL,
    CONSTRAINT usage_tenant_id_day_key UNIQUE (tenant_id, day)
);

CREATE INDEX usage_by_day ON allotment.usage (day, id);
CREATE INDEX usage_by_customer ON allotment.usage (customer_id);
