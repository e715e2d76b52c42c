-- readable from 1
-- Support access: what operators request, what customers answer, and what was opened.

CREATE TABLE allotment.support_accesses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    tenant_id bigint NOT NULL,
    operator_id bigint NOT NULL,
    operator_name {text} NOT NULL,
    "right" {text} NOT NULL,
    member {text},
    reason {text} NOT NULL,
    state {text} NOT NULL,
    standing boolean NOT NULL,
    requested_at {time} NOT NULL,
    answered_by bigint,
    answered_at {time},
    expires_at {time} NOT NULL,
    ended_at {time}
);

CREATE INDEX support_accesses_by_customer ON allotment.support_accesses (customer_id, id);
CREATE INDEX support_accesses_by_tenant ON allotment.support_accesses (tenant_id, operator_id);
CREATE INDEX support_accesses_by_state ON allotment.support_accesses (state, expires_at);

CREATE TABLE allotment.support_uses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    access_id bigint NOT NULL,
    tenant_id bigint NOT NULL,
    operator_id bigint NOT NULL,
    member_id bigint NOT NULL,
    member_login {text} NOT NULL,
    replacements bigint NOT NULL,
    hash {text} NOT NULL,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    opened_at {time},
    used_at {time},
    ended_at {time},
    logins {text} NOT NULL,
    CONSTRAINT support_uses_hash_key UNIQUE (hash)
);

CREATE INDEX support_uses_by_access ON allotment.support_uses (access_id, id);
CREATE INDEX support_uses_by_operator ON allotment.support_uses (operator_id);
CREATE INDEX support_uses_by_end ON allotment.support_uses (ended_at);

CREATE TABLE allotment.support_settings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    answer {text} NOT NULL,
    hours integer NOT NULL,
    changed_by bigint,
    changed_at {time},
    CONSTRAINT support_settings_customer_id_key UNIQUE (customer_id)
);
