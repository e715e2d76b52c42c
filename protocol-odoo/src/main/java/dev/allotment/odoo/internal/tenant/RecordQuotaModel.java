// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.RecordQuota;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.StoredModel;

/** {@code base.limit.records_number} of a tenant database: the maximum number of records of a model. Read-only. */
final class RecordQuotaModel {
    static final String NAME = "base.limit.records_number";

    private RecordQuotaModel() {}

    static StoredModel<TenantDatabase, RecordQuota> model() {
        return new StoredModel<>(
                new ModelTableBuilder<TenantDatabase, RecordQuota>(NAME, TenantDatabase::recordQuotas, RecordQuota::id)
                        .named(RecordQuota::model, "model")
                        .ordered("model", "domain")
                        .text("model", "Model", "model", RecordQuota::model)
                        .text("domain", "Domain", "domain", RecordQuota::domain)
                        .integer("max_records", "Maximum Records", "maxRecords", RecordQuota::maxRecords));
    }
}
