-- readable from 4
-- When the newest scheduled backup of a tenant is to be restored as a drill.
CREATE TABLE allotment.drill_turns (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL,
    next_at timestamp(6) with time zone NOT NULL,
    CONSTRAINT drill_turns_tenant_id_key UNIQUE (tenant_id)
);
CREATE INDEX drill_turns_by_time ON allotment.drill_turns (next_at);
