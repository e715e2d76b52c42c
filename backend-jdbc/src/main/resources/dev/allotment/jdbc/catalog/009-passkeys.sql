-- readable from 1
-- Passkeys of accounts, the challenges that they have answered, and the teams that need second factors.

CREATE TABLE allotment.passkeys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    credential {text} NOT NULL,
    public_key {text} NOT NULL,
    counter bigint NOT NULL,
    name {text} NOT NULL,
    transports {text} NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up boolean NOT NULL,
    created_at {time} NOT NULL,
    last_used_at {time},
    CONSTRAINT passkeys_credential_key UNIQUE (credential)
);

CREATE INDEX passkeys_by_user ON allotment.passkeys (user_id);

CREATE TABLE allotment.used_challenges (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash {text} NOT NULL,
    expires_at {time} NOT NULL,
    CONSTRAINT used_challenges_hash_key UNIQUE (hash)
);

CREATE INDEX used_challenges_by_end ON allotment.used_challenges (expires_at);

CREATE TABLE allotment.factor_rules (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    since {time} NOT NULL,
    CONSTRAINT factor_rules_customer_id_key UNIQUE (customer_id)
);
