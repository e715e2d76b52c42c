// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Reads the names of the tenants and templates of a list of operations, with one query each. */
final class OperationRows {
    private OperationRows() {}

    static List<OperationsView.Row> of(Saas saas, List<Operation> operations) {
        List<TenantId> tenants = operations.stream()
                .map(Operation::tenantId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        List<TemplateId> templates = operations.stream()
                .map(Operation::templateId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Map<TenantId, String> tenantNames = saas.tenants().list(Query.where(Filter.in(Tenant.ID, tenants))).stream()
                .collect(Collectors.toMap(Tenant::id, Tenant::name));
        Map<TemplateId, String> templateNames =
                saas.templates().list(Query.where(Filter.in(Template.ID, templates))).stream()
                        .collect(Collectors.toMap(Template::id, Template::name));
        return operations.stream()
                .map(operation -> row(operation, tenantNames, templateNames))
                .toList();
    }

    private static OperationsView.Row row(
            Operation operation, Map<TenantId, String> tenants, Map<TemplateId, String> templates) {
        TenantId tenant = operation.tenantId();
        String name = tenant == null ? "" : tenants.getOrDefault(tenant, "");
        String about = tenant != null && name.isEmpty() ? "Database " + tenant + " (no longer exists)" : name;
        if (operation.templateId() != null) {
            about = templates.getOrDefault(operation.templateId(), about);
        }
        String error = operation.errorMessage();
        Duration took = Duration.between(operation.createdAt(), operation.updatedAt());
        return new OperationsView.Row(
                operation.id().value(),
                TenantWords.operation(operation.kind()),
                about,
                tenant == null || name.isEmpty() ? 0 : tenant.value(),
                TenantWords.state(operation),
                operation.percent(),
                Words.progress(operation),
                operation.attempts(),
                operation.cancelRequested(),
                error == null ? "" : error,
                Words.actor(operation.startedBy()),
                operation.node(),
                Moment.of(operation.createdAt()),
                Words.duration(took));
    }
}
