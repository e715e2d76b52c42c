// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Saas;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.model.Unchanged;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** {@code saas_portal.database}: the templates that new tenant databases are cloned from. */
final class TemplateModel {
    static final String NAME = "saas_portal.database";

    private static final String DATABASE_NAME = "name";
    private static final double NANOS = 1e9;

    private TemplateModel() {}

    static StoredModel<Saas, Template> model() {
        return new StoredModel<>(fields())
                .creating(TemplateModel::create)
                .updating((saas, id, change, values) ->
                        Unchanged.check(change, saas.templates().get(new TemplateId(id))))
                .removing((saas, id) -> saas.templates().delete(new TemplateId(id)))
                .method(
                        "spare_statistics",
                        MethodSignature.none(),
                        (caller, arguments) -> told(caller.view().templates().spares()));
    }

    /** The database itself is built by {@code create_template} of a plan, on the plan's server. */
    private static long create(Saas saas, UnaryOperator<Template> change, Map<String, Object> values) {
        Value name = new Value(OdooFault.Kind.VALIDATION, "Field '" + DATABASE_NAME + "'", values.get(DATABASE_NAME));
        if (values.size() > 1) {
            throw name.wrong(
                    "the only field of a new template; create_template of a plan builds it on the plan's server");
        }
        return saas.templates().reserve(name.text()).id().value();
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
                .named(Template::name, DATABASE_NAME)
                .text(DATABASE_NAME, "Database name", DATABASE_NAME, Template::name)
                .unchanged(DATABASE_NAME, Template::name, "a template cannot be renamed")
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
                .unchanged(
                        "server_id",
                        template -> template.serverId().value(),
                        "create_template of a plan builds a template on the plan's server")
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
