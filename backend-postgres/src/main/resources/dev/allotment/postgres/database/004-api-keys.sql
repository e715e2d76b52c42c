-- readable from 1
-- API keys of members. A key is found by the first digits of its secret.
CREATE TABLE allotment.api_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    database text COLLATE "C" NOT NULL,
    user_id bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_keys_hash_key UNIQUE (hash)
);

CREATE INDEX api_keys_by_prefix ON allotment.api_keys (prefix);
CREATE INDEX api_keys_by_user ON allotment.api_keys (user_id);
CREATE INDEX api_keys_by_end ON allotment.api_keys (expires_at);
