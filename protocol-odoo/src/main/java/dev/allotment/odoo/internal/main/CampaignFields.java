// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Campaign;
import dev.allotment.CampaignChange;
import dev.allotment.CampaignStage;
import dev.allotment.CampaignStatus;
import dev.allotment.CustomerId;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.PlanId;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.Selections;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.odoo.internal.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of {@code saas_portal.campaign}, and the campaign that written values describe. */
final class CampaignFields {
    private static final String SCHEMA = "schema";
    private static final String ADDONS = "addons";
    private static final String ACTION = "action";
    private static final String MOVE = "move";
    private static final String REBALANCE = "rebalance";
    private static final String TARGET = "target_server_id";
    private static final List<List<String>> CHANGES = List.of(
            List.of(SCHEMA, "Migrate the tenant schema"),
            List.of(ADDONS, "Update add-ons"),
            List.of(ACTION, "Run an action"),
            List.of(MOVE, "Move to another server"),
            List.of(REBALANCE, "Even out servers"));
    private static final List<List<String>> STAGES = Arrays.stream(CampaignStage.values())
            .map(stage ->
                    List.of(text(stage), stage.name().charAt(0) + text(stage).substring(1)))
            .toList();

    private CampaignFields() {}

    static ModelTableBuilder<Saas, CampaignStatus> all() {
        ModelTableBuilder<Saas, CampaignStatus> fields = new ModelTableBuilder<Saas, CampaignStatus>(
                        CampaignModel.NAME,
                        CampaignRecords::new,
                        status -> status.operation().id().value())
                .named(CampaignFields::name)
                .ordered("id");
        fields.field(command("change", FieldType.SELECTION, "Change", each -> change(each.change()))
                .choosing(CHANGES));
        fields.field(command(ADDONS, FieldType.CHAR, "Add-ons", CampaignFields::addons));
        fields.field(command(ACTION, FieldType.CHAR, "Action", CampaignFields::action));
        reference(fields, TARGET, "Target Server", ServerModel.NAME, CampaignFields::target);
        fields.field(command("tag_ids", FieldType.MANY2MANY, "Tags", Campaign::tags));
        reference(
                fields,
                "plan_id",
                "Plan",
                PlanModel.NAME,
                each -> each.plan() == null ? null : each.plan().value());
        reference(
                fields,
                "server_id",
                "Server",
                ServerModel.NAME,
                each -> each.server() == null ? null : each.server().value());
        reference(
                fields,
                "partner_id",
                "Partner",
                PartnerModel.NAME,
                each -> each.customer() == null ? null : each.customer().value());
        fields.field(command("canaries", FieldType.INTEGER, "Canaries", Campaign::canaries));
        fields.field(command("waves", FieldType.CHAR, "Waves (%)", CampaignFields::waves));
        fields.field(command("parallel", FieldType.INTEGER, "At once", Campaign::parallel));
        fields.field(
                command("parallel_per_server", FieldType.INTEGER, "At once on a server", Campaign::parallelPerServer));
        fields.field(command("max_failures", FieldType.INTEGER, "Maximum failures", Campaign::maxFailures));
        fields.field(
                command("max_failure_percent", FieldType.INTEGER, "Maximum failures (%)", Campaign::maxFailurePercent));
        fields.field(command("in_window", FieldType.BOOLEAN, "In the maintenance window", Campaign::inWindow));
        fields.field(command("backup_before", FieldType.BOOLEAN, "Back up before", Campaign::backupBefore));
        fields.field(progress("stage", FieldType.SELECTION, "Stage", status -> text(status.stage()))
                .choosing(STAGES));
        fields.field(progress("wave", FieldType.INTEGER, "Wave", CampaignStatus::wave));
        fields.field(progress("total", FieldType.INTEGER, "Clients", CampaignStatus::total));
        fields.field(progress("done", FieldType.INTEGER, "Done", CampaignStatus::done));
        fields.field(progress("failed", FieldType.INTEGER, "Failed", CampaignStatus::failed));
        fields.field(progress("working", FieldType.INTEGER, "Being changed", CampaignStatus::working));
        fields.field(progress("later", FieldType.INTEGER, "Outside of their window", CampaignStatus::later));
        return fields.integer(
                        "percent",
                        "Percent",
                        "percent",
                        status -> status.operation().percent())
                .field(Selections.<Saas, CampaignStatus, OperationState>of(
                        "state",
                        "State",
                        "state",
                        OperationState.values(),
                        status -> status.operation().state()))
                .text(
                        "error_code",
                        "Error Code",
                        "errorCode",
                        status -> status.operation().errorCode())
                .text(
                        "error",
                        "Error",
                        "errorMessage",
                        status -> status.operation().errorMessage())
                .text(
                        "started_by",
                        "Started by",
                        "startedBy",
                        status -> status.operation().startedBy())
                .instant(
                        "create_date",
                        "Started on",
                        "createdAt",
                        status -> status.operation().createdAt())
                .field(progress("end_date", FieldType.DATETIME, "Ended on", status -> ended(status.operation())));
    }

    /** A part of the command, which {@link #campaign} reads from the written values as a whole. */
    private static Field<Saas, CampaignStatus> command(
            String name, FieldType type, String label, Function<Campaign, @Nullable Object> read) {
        return progress(name, type, label, status -> read.apply(status.campaign()))
                .written((status, value) -> status);
    }

    private static Field<Saas, CampaignStatus> progress(
            String name, FieldType type, String label, Function<CampaignStatus, @Nullable Object> read) {
        return Field.of(name, type, label, null, ModelTableBuilder.plain(read));
    }

    private static void reference(
            ModelTableBuilder<Saas, CampaignStatus> fields,
            String name,
            String label,
            String relation,
            Function<Campaign, @Nullable Long> read) {
        fields.field(Field.<Saas, CampaignStatus>of(
                        name,
                        FieldType.MANY2ONE,
                        label,
                        null,
                        ModelTableBuilder.naming(relation, status -> read.apply(status.campaign())))
                .referringTo(relation)
                .written((status, value) -> status));
    }

    private static @Nullable Object ended(Operation operation) {
        return operation.state() == OperationState.DONE || operation.state() == OperationState.FAILED
                ? Timestamps.format(operation.updatedAt())
                : null;
    }

    private static String name(CampaignStatus status) {
        CampaignChange change = status.campaign().change();
        return change(change) + " " + status.operation().id();
    }

    private static String change(CampaignChange change) {
        if (change instanceof CampaignChange.Schema) {
            return SCHEMA;
        }
        if (change instanceof CampaignChange.Move) {
            return MOVE;
        }
        if (change instanceof CampaignChange.Rebalance) {
            return REBALANCE;
        }
        return change instanceof CampaignChange.Addons ? ADDONS : ACTION;
    }

    private static @Nullable Long target(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.Move move
                ? move.server().value()
                : null;
    }

    private static Object addons(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.Addons addons ? String.join(",", addons.names()) : "";
    }

    private static Object action(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.Action action ? action.name() : "";
    }

    private static Object waves(Campaign campaign) {
        return campaign.waves().stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Returns the campaign that values of {@code create} describe. */
    static Campaign campaign(Map<String, Object> values, @Nullable String key) {
        Long plan = value(values, "plan_id").reference();
        Long server = value(values, "server_id").reference();
        Long customer = value(values, "partner_id").reference();
        Campaign.Builder campaign = Campaign.of(change(values))
                .tags(value(values, "tag_ids").texts())
                .plan(plan == null ? null : new PlanId(plan))
                .server(server == null ? null : new ServerId(server))
                .customer(customer == null ? null : new CustomerId(customer))
                .waves(waves(value(values, "waves")))
                .parallelPerServer(value(values, "parallel_per_server").integer())
                .maxFailures(number(value(values, "max_failures")))
                .maxFailurePercent(number(value(values, "max_failure_percent")))
                .inWindow(value(values, "in_window").flag())
                .backupBefore(value(values, "backup_before").flag())
                .idempotencyKey(key);
        if (values.containsKey("canaries")) {
            campaign.canaries(value(values, "canaries").integer());
        }
        if (values.containsKey("parallel")) {
            campaign.parallel(value(values, "parallel").integer());
        }
        return campaign.build();
    }

    private static CampaignChange change(Map<String, Object> values) {
        Value change = value(values, "change");
        List<String> addons = names(value(values, ADDONS));
        String action = value(values, ACTION).optionalText();
        Long target = value(values, TARGET).reference();
        String kind = String.valueOf(change.optionalText());
        boolean given = action != null || !addons.isEmpty() || target != null;
        if (kind.equals(ADDONS) && action == null && target == null) {
            return CampaignChange.addons(addons.toArray(String[]::new));
        }
        if (kind.equals(ACTION) && action != null && addons.isEmpty() && target == null) {
            return CampaignChange.action(action);
        }
        if (kind.equals(MOVE) && target != null && addons.isEmpty() && action == null) {
            return CampaignChange.move(new ServerId(target));
        }
        if (kind.equals(SCHEMA) && !given) {
            return CampaignChange.schema();
        }
        throw new OdooFault(
                change.fault(),
                change.what() + " must be schema; addons, with names of add-ons in the field addons or none for all;"
                        + " action, with its name in the field action; or move, with a server in the field " + TARGET
                        + ".");
    }

    private static List<String> names(Value value) {
        String text = value.optionalText();
        return text == null
                ? List.of()
                : Arrays.stream(text.split(",")).map(String::strip).toList();
    }

    private static Integer[] waves(Value value) {
        try {
            return names(value).stream().map(Integer::valueOf).toArray(Integer[]::new);
        } catch (NumberFormatException e) {
            throw value.wrong("percentages such as 10,50");
        }
    }

    private static @Nullable Integer number(Value value) {
        return value.absent() ? null : (Integer) value.integer();
    }

    private static Value value(Map<String, Object> values, String field) {
        return new Value(
                OdooFault.Kind.VALIDATION,
                "Field '" + field + "' on model '" + CampaignModel.NAME + "'",
                values.get(field));
    }

    private static String text(CampaignStage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }
}
