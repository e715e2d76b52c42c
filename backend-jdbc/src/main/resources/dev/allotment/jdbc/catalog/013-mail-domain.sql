-- readable from 1
-- The mail domains of customers. A verified one belongs to one customer.

CREATE TABLE allotment.mail_domains (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    name {text} NOT NULL,
    token {text} NOT NULL,
    verified_name {text},
    verified_at {time},
    missed integer NOT NULL,
    missing_since {time},
    next_check_at {time},
    created_at {time} NOT NULL,
    CONSTRAINT mail_domains_customer_id_name_key UNIQUE (customer_id, name),
    CONSTRAINT mail_domains_verified_name_key UNIQUE (verified_name)
);

CREATE INDEX mail_domains_by_next_check ON allotment.mail_domains (next_check_at) {where next_check_at IS NOT NULL};
