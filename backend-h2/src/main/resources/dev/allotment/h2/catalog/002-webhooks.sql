-- readable from 1
-- Webhook endpoints, and the messages to them.

CREATE TABLE allotment.webhook_endpoints (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint,
    url varchar NOT NULL,
    description varchar NOT NULL,
    event_types varchar NOT NULL,
    signing varchar NOT NULL,
    in_order boolean NOT NULL,
    disabled_reason varchar,
    failing_since timestamp(6) with time zone,
    failures integer NOT NULL,
    created_at timestamp(6) with time zone NOT NULL
);

CREATE INDEX webhook_endpoints_by_customer ON allotment.webhook_endpoints (customer_id);

CREATE TABLE allotment.webhook_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    sealed varchar NOT NULL,
    until timestamp(6) with time zone
);

CREATE INDEX webhook_secrets_by_endpoint ON allotment.webhook_secrets (endpoint_id);

-- Up to which event messages were made: one row, or none without endpoints.
CREATE TABLE allotment.webhook_positions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar NOT NULL,
    event_id bigint NOT NULL,
    missing varchar NOT NULL,
    CONSTRAINT webhook_positions_name_key UNIQUE (name)
);

CREATE TABLE allotment.webhook_recoveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    since timestamp(6) with time zone NOT NULL,
    event_id bigint NOT NULL,
    last_event_id bigint NOT NULL,
    CONSTRAINT webhook_recoveries_endpoint_id_key UNIQUE (endpoint_id)
);

CREATE TABLE allotment.webhook_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id bigint NOT NULL,
    webhook_id varchar NOT NULL,
    event_id bigint,
    type varchar NOT NULL,
    tenant_id bigint,
    state varchar NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp(6) with time zone,
    created_at timestamp(6) with time zone NOT NULL,
    ended_at timestamp(6) with time zone,
    CONSTRAINT webhook_messages_endpoint_id_event_id_key UNIQUE (endpoint_id, event_id)
);

CREATE INDEX webhook_messages_by_time ON allotment.webhook_messages (due_at);
CREATE INDEX webhook_messages_by_end ON allotment.webhook_messages (ended_at);
CREATE INDEX webhook_messages_by_endpoint ON allotment.webhook_messages (endpoint_id, id);
CREATE INDEX webhook_messages_by_state ON allotment.webhook_messages (endpoint_id, state, tenant_id, id);

CREATE TABLE allotment.webhook_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id bigint NOT NULL,
    endpoint_id bigint NOT NULL,
    at timestamp(6) with time zone NOT NULL,
    status integer,
    error varchar,
    milliseconds integer NOT NULL
);

CREATE INDEX webhook_attempts_by_message ON allotment.webhook_attempts (message_id, id);
CREATE INDEX webhook_attempts_by_endpoint ON allotment.webhook_attempts (endpoint_id);
CREATE INDEX webhook_attempts_by_time ON allotment.webhook_attempts (at);
