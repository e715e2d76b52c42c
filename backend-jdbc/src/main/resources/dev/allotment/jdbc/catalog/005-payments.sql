-- readable from 1
-- Whether customers have paid, and what follows from it.

ALTER TABLE allotment.plans ADD COLUMN payment_terms {text};

CREATE TABLE allotment.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint,
    tenant_id bigint,
    state {text} NOT NULL,
    since {time} NOT NULL,
    reference {text},
    pay_url {text},
    reported_at {time} NOT NULL,
    decided_at {time},
    notice_day integer,
    due_at {time},
    CONSTRAINT payments_tenant_id_key UNIQUE (tenant_id)
);

CREATE INDEX payments_by_customer ON allotment.payments (customer_id);
CREATE INDEX payments_by_time ON allotment.payments (due_at) {where due_at IS NOT NULL};
CREATE INDEX payments_by_state ON allotment.payments (state);
