// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Saas;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code saas_portal.database}: the templates that new tenant databases are cloned from. */
final class TemplateModel {
    static final String NAME = "saas_portal.database";

    private static final double NANOS = 1e9;

    private TemplateModel() {}

    static StoredModel<Saas, Template> model() {
        return new StoredModel<>(fields())
                .removing((saas, id) -> saas.templates().delete(new TemplateId(id)))
                .method(
                        "spare_statistics",
                        MethodSignature.none(),
                        (caller, arguments) -> told(caller.view().templates().spares()));
    }

    private static Map<String, Object> told(WarmPoolStatistics statistics) {
        List<Object> stock = new ArrayList<>();
        for (WarmPoolStatistics.Stock each : statistics.stock()) {
            stock.add(Map.of(
                    "template_id", each.template().value(),
                    "server_id", each.server().value(),
                    "ready", each.ready(),
                    "unfinished", each.unfinished()));
        }
        return Map.of(
                "claimed",
                statistics.claimed(),
                "missed",
                statistics.missed(),
                "claiming_seconds",
                statistics.claiming().toNanos() / NANOS,
                "stock",
                stock);
    }

    private static ModelTableBuilder<Saas, Template> fields() {
        return new ModelTableBuilder<Saas, Template>(
                        NAME, Saas::templates, template -> template.id().value())
                .named(Template::name, "name")
                .text("name", "Database name", "name", Template::name)
                .field(Field.<Saas, Template>of(
                                "state",
                                FieldType.SELECTION,
                                "State",
                                "state",
                                ModelTableBuilder.plain(
                                        template -> template.state() == TemplateState.READY ? "template" : "draft"))
                        .choosing(List.of(List.of("draft", "New"), List.of("template", "Template")))
                        .searched(DomainConditions.oneOf(caller -> Map.of(
                                "draft", Filter.equal(Template.STATE, TemplateState.DRAFT),
                                "template", Filter.equal(Template.STATE, TemplateState.READY)))))
                .reference(
                        "server_id",
                        "Server",
                        ServerModel.NAME,
                        "serverId",
                        template -> template.serverId().value())
                .integer("generation", "Generation", "version", Template::version)
                .field(Field.of(
                        "addons",
                        FieldType.TEXT,
                        "Add-ons",
                        null,
                        ModelTableBuilder.plain(template -> String.join(",", template.addons()))))
                .instant("create_date", "Created on", "createdAt", Template::createdAt);
    }
}
