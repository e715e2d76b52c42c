-- readable from 1
-- Second factors of accounts, and what a user sees of its sessions.

CREATE TABLE allotment.second_factors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    sealed {text} NOT NULL,
    last_step bigint NOT NULL,
    recovery_codes {text} NOT NULL,
    confirmed_at {time},
    expires_at {time},
    CONSTRAINT second_factors_user_id_key UNIQUE (user_id)
);

CREATE INDEX second_factors_by_end ON allotment.second_factors (expires_at) {where expires_at IS NOT NULL};

ALTER TABLE allotment.sessions ADD COLUMN client_address {text};
ALTER TABLE allotment.sessions ADD COLUMN browser {text};
ALTER TABLE allotment.sessions ADD COLUMN proven_at {time};
