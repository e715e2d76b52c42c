// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** Finds the subject of an operation: its tenant, template or database server. */
public final class OperationTargets {
    private OperationTargets() {}

    public static long tenantId(StoredOperation operation) {
        TenantId tenant = operation.tenantId();
        return tenant == null ? 0 : tenant.value();
    }

    public static StoredTenant tenant(Catalog catalog, StoredOperation operation) {
        return catalog.transact(tx -> tx.records(RecordTypes.TENANTS).find(tenantId(operation)))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TENANTS, "Tenant", tenantId(operation)));
    }

    public static Template template(Catalog catalog, StoredOperation operation) {
        return catalog.transact(tx -> lockTemplate(tx, operation));
    }

    public static Template lockTemplate(Transaction tx, StoredOperation operation) {
        TemplateId template = operation.templateId();
        long id = template == null ? 0 : template.value();
        return tx.records(RecordTypes.TEMPLATES)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEMPLATES, "Template", id));
    }

    /** Names a database for an operator, with what may belong to it. */
    public static String describe(Transaction tx, ServerId server, DatabaseRef database) {
        String name = tx.records(RecordTypes.SERVERS)
                .find(server.value())
                .map(each -> "\"" + each.name() + "\"")
                .orElse(server + ", which has been deleted");
        return "database \"" + database.name() + "\" (" + database.uuid() + ") and its login on database server "
                + name;
    }

    /** The server that an operation works on; empty if its tenant or template is gone. */
    public static Optional<ServerId> server(Catalog catalog, StoredOperation operation) {
        TenantId tenant = operation.tenantId();
        TemplateId template = operation.templateId();
        return catalog.transact(tx -> {
            if (tenant != null) {
                return tx.records(RecordTypes.TENANTS).find(tenant.value()).map(StoredTenant::serverId);
            }
            return template == null
                    ? Optional.<ServerId>empty()
                    : tx.records(RecordTypes.TEMPLATES).find(template.value()).map(Template::serverId);
        });
    }
}
