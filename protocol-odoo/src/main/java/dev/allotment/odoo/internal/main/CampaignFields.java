// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CustomerId;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.PlanId;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.Selections;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.odoo.internal.value.Value;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    private static final String PLAN = "plan";
    private static final String SWITCH_BACK = "switch_back";
    private static final String TARGET = "target_server_id";
    private static final String TARGET_PLAN = "target_plan_id";
    private static final String TARGET_CAMPAIGN = "target_campaign_id";
    private static final String FORCE = "force";
    private static final List<List<String>> CHANGES = List.of(
            List.of(SCHEMA, "Migrate the tenant schema"),
            List.of(ADDONS, "Update add-ons"),
            List.of(ACTION, "Run an action"),
            List.of(MOVE, "Move to another server"),
            List.of(REBALANCE, "Even out servers"),
            List.of(PLAN, "Switch to a plan"),
            List.of(SWITCH_BACK, "Switch back to earlier plans"));
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
        reference(fields, TARGET_PLAN, "Target Plan", PlanModel.NAME, CampaignFields::targetPlan);
        reference(fields, TARGET_CAMPAIGN, "Target Campaign", CampaignModel.NAME, CampaignFields::targetCampaign);
        fields.field(command(FORCE, FieldType.BOOLEAN, "Force", CampaignFields::force));
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
        if (change instanceof CampaignChange.Plan) {
            return PLAN;
        }
        if (change instanceof CampaignChange.SwitchBack) {
            return SWITCH_BACK;
        }
        return change instanceof CampaignChange.Addons ? ADDONS : ACTION;
    }

    private static @Nullable Long target(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.Move move
                ? move.server().value()
                : null;
    }

    private static @Nullable Long targetPlan(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.Plan plan
                ? plan.plan().value()
                : null;
    }

    private static @Nullable Long targetCampaign(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.SwitchBack back
                ? back.campaign().value()
                : null;
    }

    private static boolean force(Campaign campaign) {
        return campaign.change() instanceof CampaignChange.Plan plan
                ? plan.force()
                : campaign.change() instanceof CampaignChange.SwitchBack back && back.force();
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
        String kind = String.valueOf(value(values, "change").optionalText());
        Set<String> given = details(values);
        boolean force = value(values, FORCE).flag();
        CampaignChange change = switch (kind) {
            case SCHEMA -> given.isEmpty() ? CampaignChange.schema() : null;
            case ADDONS ->
                Set.of(ADDONS).containsAll(given)
                        ? CampaignChange.addons(names(value(values, ADDONS)).toArray(String[]::new))
                        : null;
            case ACTION ->
                given.equals(Set.of(ACTION))
                        ? CampaignChange.action(
                                String.valueOf(value(values, ACTION).optionalText()))
                        : null;
            case MOVE -> given.equals(Set.of(TARGET)) ? CampaignChange.move(new ServerId(id(values, TARGET))) : null;
            case PLAN ->
                without(given, FORCE).equals(Set.of(TARGET_PLAN))
                        ? new CampaignChange.Plan(new PlanId(id(values, TARGET_PLAN)), 0, force)
                        : null;
            case SWITCH_BACK ->
                without(given, FORCE).equals(Set.of(TARGET_CAMPAIGN))
                        ? CampaignChange.switchBack(new OperationId(id(values, TARGET_CAMPAIGN)), force)
                        : null;
            default -> null;
        };
        if (change == null) {
            Value wrong = value(values, "change");
            throw new OdooFault(
                    wrong.fault(),
                    wrong.what() + " must be schema; addons, with names of add-ons in the field addons or none for"
                            + " all; action, with its name in the field action; move, with a server in the field "
                            + TARGET + "; plan, with a plan in the field " + TARGET_PLAN
                            + "; or switch_back, with a campaign in the field " + TARGET_CAMPAIGN
                            + ". The last two also take the field " + FORCE + ".");
        }
        return change;
    }

    /** The fields with a value that belong to one kind of change. */
    private static Set<String> details(Map<String, Object> values) {
        Set<String> given = new HashSet<>();
        if (!names(value(values, ADDONS)).isEmpty()) {
            given.add(ADDONS);
        }
        if (value(values, ACTION).optionalText() != null) {
            given.add(ACTION);
        }
        for (String target : List.of(TARGET, TARGET_PLAN, TARGET_CAMPAIGN)) {
            if (value(values, target).reference() != null) {
                given.add(target);
            }
        }
        if (value(values, FORCE).flag()) {
            given.add(FORCE);
        }
        return given;
    }

    private static Set<String> without(Set<String> given, String field) {
        Set<String> others = new HashSet<>(given);
        others.remove(field);
        return others;
    }

    private static long id(Map<String, Object> values, String field) {
        return Objects.requireNonNull(value(values, field).reference(), field);
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
