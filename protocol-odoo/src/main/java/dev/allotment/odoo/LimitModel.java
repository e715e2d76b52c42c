// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.RecordLimit;
import dev.allotment.TenantDatabase;

/** {@code base.limit.records_number} of a client database: how many records of a model it may hold. It is only read. */
final class LimitModel {
    static final String NAME = "base.limit.records_number";

    private LimitModel() {}

    static StoredModel<TenantDatabase, RecordLimit> model() {
        return new StoredModel<>(
                new TableBuilder<TenantDatabase, RecordLimit>(NAME, TenantDatabase::recordLimits, RecordLimit::id)
                        .called(RecordLimit::model, "model")
                        .ordered("model", "domain")
                        .text("model", "Model", "model", RecordLimit::model)
                        .text("domain", "Domain", "domain", RecordLimit::domain)
                        .integer("max_records", "Maximum Records", "maxRecords", RecordLimit::maxRecords));
    }
}
