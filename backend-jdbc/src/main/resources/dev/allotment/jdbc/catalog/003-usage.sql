-- readable from 1
-- Days of usage that are closed, and the webhook endpoints that receive them.

ALTER TABLE allotment.usage ADD COLUMN revision integer DEFAULT 0 NOT NULL;
ALTER TABLE allotment.usage ADD COLUMN close_at {time};
ALTER TABLE allotment.usage ADD COLUMN closed {text} DEFAULT '{}' NOT NULL;

CREATE INDEX usage_by_close ON allotment.usage (close_at) {where close_at IS NOT NULL};

-- Up to which day all tenants have usage: one row.
CREATE TABLE allotment.usage_positions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    "day" {time} NOT NULL,
    tenant_id bigint NOT NULL,
    CONSTRAINT usage_positions_name_key UNIQUE (name)
);

ALTER TABLE allotment.webhook_endpoints ADD COLUMN usage_format {text};
ALTER TABLE allotment.webhook_endpoints ADD COLUMN usage_metric {text};
ALTER TABLE allotment.webhook_endpoints ADD COLUMN usage_code {text};
ALTER TABLE allotment.webhook_endpoints ADD COLUMN usage_subject {text};

CREATE TABLE allotment.webhook_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    sealed {text} NOT NULL,
    CONSTRAINT webhook_tokens_endpoint_id_key UNIQUE (endpoint_id)
);
