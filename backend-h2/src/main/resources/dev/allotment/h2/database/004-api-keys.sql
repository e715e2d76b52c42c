-- readable from 1
-- API keys of members. A key is found by the first digits of its secret.
CREATE TABLE allotment.api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix varchar NOT NULL,
    hash varchar NOT NULL,
    database varchar NOT NULL,
    user_id bigint NOT NULL,
    name varchar NOT NULL,
    scope varchar NOT NULL,
    created_at timestamp(6) with time zone NOT NULL,
    expires_at timestamp(6) with time zone,
    last_used_at timestamp(6) with time zone,
    CONSTRAINT api_keys_hash_key UNIQUE (hash)
);

CREATE INDEX api_keys_by_prefix ON allotment.api_keys (prefix);
CREATE INDEX api_keys_by_user ON allotment.api_keys (user_id);
CREATE INDEX api_keys_by_end ON allotment.api_keys (expires_at);
