// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.Selections;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooJson;
import dev.allotment.odoo.internal.value.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code saas_portal.operation}: running and finished operations. */
final class OperationModel {
    static final String NAME = "saas_portal.operation";

    private static final int DEFAULT_SECONDS = 10;
    /** Longest wait. Meanwhile the call occupies the caller's connection and a thread of the server. */
    private static final int MAX_SECONDS = 60;

    private OperationModel() {}

    static StoredModel<Saas, Operation> model() {
        return new StoredModel<>(fields())
                .onRecord(
                        "cancel",
                        MethodSignature.required("ids"),
                        (caller, operation, arguments) ->
                                fields(caller.view().operations().cancel(operation.id())))
                .onRecord(
                        "abandon",
                        MethodSignature.required("ids", "reason"),
                        (caller, operation, arguments) -> fields(caller.view()
                                .operations()
                                .abandon(operation.id(), arguments.get("reason").text())))
                .onRecord("await", MethodSignature.required("ids").optional("timeout"), OperationModel::await);
    }

    private static Object await(OdooCaller<Saas> caller, Operation operation, OdooArguments arguments) {
        Value timeout = arguments.get("timeout");
        int seconds = timeout.absent() ? DEFAULT_SECONDS : timeout.integer();
        if (seconds < 0 || seconds > MAX_SECONDS) {
            throw timeout.wrong("0 to " + MAX_SECONDS + " seconds");
        }
        return fields(caller.view().operations().await(operation.id(), Duration.ofSeconds(seconds)));
    }

    /** Returns what the methods of an operation return. */
    static Map<String, Object> fields(Operation operation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", operation.id().value());
        fields.put("kind", text(operation.kind()));
        fields.put("state", text(operation.state()));
        fields.put("step", operation.step().isEmpty() ? false : operation.step());
        fields.put("percent", operation.percent());
        fields.put(
                "client_id",
                operation.tenantId() == null ? false : operation.tenantId().value());
        fields.put(
                "template_id",
                operation.templateId() == null ? false : operation.templateId().value());
        fields.put("result", result(operation));
        fields.put("error_code", operation.errorCode() == null ? false : operation.errorCode());
        fields.put("error", operation.errorMessage() == null ? false : operation.errorMessage());
        return fields;
    }

    /**
     * Returns JSON text with what a configuration change did and which of its groups do not exist, with the numbers of
     * a repair, of a campaign or of a drill, or with the id of a backup. False if there is no result.
     */
    private static Object result(Operation operation) {
        Map<String, String> found = operation.result();
        if (found.isEmpty() || operation.kind() == OperationKind.MOVE_TENANT) {
            return false;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        if (operation.kind() == OperationKind.REPAIR) {
            result.put("repaired", Integer.parseInt(found.getOrDefault("repaired", "0")));
            result.put("left", Integer.parseInt(found.getOrDefault("left", "0")));
            result.put("messages", found.getOrDefault("messages", "").lines().toList());
            return OdooJson.write(result);
        }
        if (operation.kind() == OperationKind.CAMPAIGN) {
            for (String number : List.of("total", "done", "failed", "later")) {
                result.put(number, Long.parseLong(found.getOrDefault(number, "0")));
            }
            return OdooJson.write(result);
        }
        if (operation.kind() == OperationKind.BACK_UP_TENANT) {
            result.put("backup", found.getOrDefault("backup", ""));
            return OdooJson.write(result);
        }
        if (operation.kind() == OperationKind.DRILL_BACKUP) {
            result.put("members", Integer.parseInt(found.getOrDefault("members", "0")));
            return OdooJson.write(result);
        }
        if (operation.kind() == OperationKind.EXPORT_TENANT) {
            result.put("export", operation.uuid().toString());
            result.put("bytes", Long.parseLong(found.getOrDefault("bytes", "0")));
            return OdooJson.write(result);
        }
        result.put("installed", names(found, "installed"));
        result.put("updated", names(found, "updated"));
        result.put("uninstalled", names(found, "uninstalled"));
        result.put("access_owner_add", UpgradePayload.unknown(names(found, "unknownGroupsToGrant")));
        result.put("access_remove", UpgradePayload.unknown(names(found, "unknownGroupsToRevoke")));
        return OdooJson.write(result);
    }

    private static List<String> names(Map<String, String> found, String key) {
        String joined = found.getOrDefault(key, "");
        return joined.isEmpty() ? List.of() : List.of(joined.split(","));
    }

    private static ModelTableBuilder<Saas, Operation> fields() {
        return new ModelTableBuilder<Saas, Operation>(
                        NAME, Saas::operations, operation -> operation.id().value())
                .named(operation -> text(operation.kind()) + " " + operation.id(), "kind")
                .ordered("id")
                .field(Selections.<Saas, Operation, OperationKind>of(
                        "kind", "Kind", "kind", OperationKind.values(), Operation::kind))
                .field(Selections.<Saas, Operation, OperationState>of(
                        "state", "State", "state", OperationState.values(), Operation::state))
                .text("step", "Last Step", "step", Operation::step)
                .integer("percent", "Percent", "percent", Operation::percent)
                .reference(
                        "client_id",
                        "Client",
                        ClientModel.NAME,
                        "tenantId",
                        operation -> operation.tenantId() == null
                                ? null
                                : operation.tenantId().value())
                .reference(
                        "template_id",
                        "Template",
                        TemplateModel.NAME,
                        "templateId",
                        operation -> operation.templateId() == null
                                ? null
                                : operation.templateId().value())
                .reference(
                        "campaign_id",
                        "Campaign",
                        CampaignModel.NAME,
                        "campaign",
                        operation -> operation.campaign() == null
                                ? null
                                : operation.campaign().value())
                .field(Field.of(
                        "result", FieldType.TEXT, "Result", null, ModelTableBuilder.plain(OperationModel::result)))
                .text("error_code", "Error Code", "errorCode", Operation::errorCode)
                .text("error", "Error", "errorMessage", Operation::errorMessage)
                .text("started_by", "Started by", "startedBy", Operation::startedBy)
                .flag("cancel_requested", "Cancel Requested", "cancelRequested", Operation::cancelRequested)
                .instant("create_date", "Created on", "createdAt", Operation::createdAt)
                .instant("write_date", "Last Updated on", "updatedAt", Operation::updatedAt);
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
