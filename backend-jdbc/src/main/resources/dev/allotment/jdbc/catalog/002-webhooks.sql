-- readable from 1
-- Webhook endpoints, and the messages to them.

CREATE TABLE allotment.webhook_endpoints (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint,
    url {text} NOT NULL,
    description {text} NOT NULL,
    event_types {text} NOT NULL,
    signing {text} NOT NULL,
    in_order boolean NOT NULL,
    disabled_reason {text},
    failing_since {time},
    failures integer NOT NULL,
    created_at {time} NOT NULL
);

CREATE INDEX webhook_endpoints_by_customer ON allotment.webhook_endpoints (customer_id);

CREATE TABLE allotment.webhook_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    sealed {text} NOT NULL,
    until {time}
);

CREATE INDEX webhook_secrets_by_endpoint ON allotment.webhook_secrets (endpoint_id);

-- Up to which event messages were made: one row, or none without endpoints.
CREATE TABLE allotment.webhook_positions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name {text} NOT NULL,
    event_id bigint NOT NULL,
    missing {text} NOT NULL,
    CONSTRAINT webhook_positions_name_key UNIQUE (name)
);

CREATE TABLE allotment.webhook_recoveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    since {time} NOT NULL,
    event_id bigint NOT NULL,
    last_event_id bigint NOT NULL,
    CONSTRAINT webhook_recoveries_endpoint_id_key UNIQUE (endpoint_id)
);

CREATE TABLE allotment.webhook_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    webhook_id {text} NOT NULL,
    event_id bigint,
    type {text} NOT NULL,
    tenant_id bigint,
    state {text} NOT NULL,
    attempts integer NOT NULL,
    due_at {time},
    created_at {time} NOT NULL,
    ended_at {time},
    CONSTRAINT webhook_messages_endpoint_id_event_id_key UNIQUE (endpoint_id, event_id)
);

CREATE INDEX webhook_messages_by_time ON allotment.webhook_messages (due_at) {where due_at IS NOT NULL};
CREATE INDEX webhook_messages_by_end ON allotment.webhook_messages (ended_at) {where ended_at IS NOT NULL};
CREATE INDEX webhook_messages_by_endpoint ON allotment.webhook_messages (endpoint_id, id);
CREATE INDEX webhook_messages_by_state ON allotment.webhook_messages (endpoint_id, state, tenant_id, id);

CREATE TABLE allotment.webhook_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id bigint NOT NULL,
    endpoint_id bigint NOT NULL,
    at {time} NOT NULL,
    status integer,
    error {text},
    milliseconds integer NOT NULL
);

CREATE INDEX webhook_attempts_by_message ON allotment.webhook_attempts (message_id, id);
CREATE INDEX webhook_attempts_by_endpoint ON allotment.webhook_attempts (endpoint_id);
CREATE INDEX webhook_attempts_by_time ON allotment.webhook_attempts (at);
