// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How an operation stores its campaign. The keys are stored data, so they must not change. */
final class CampaignInput {
    /** The last operation of the campaign when it was continued after it had ended: earlier failures do not count. */
    static final String RESUMED_AFTER = "resumedAfter";
    /** The last operation of the campaign when it was retried: what failed before is tried again. */
    static final String RETRIED_AFTER = "retriedAfter";

    /** When the campaign first had to wait for a template, in seconds since 1970. */
    static final String TEMPLATES_SINCE = "templatesSince";

    /** The version of the plan that tenants are switched to. */
    static final String TARGET_VERSION = "targetVersion";

    private static final String CHANGE = "change";
    private static final String SCHEMA = "schema";
    private static final String ADDONS = "addons";
    private static final String ACTION = "action";
    private static final String MOVE = "move";
    private static final String REBALANCE = "rebalance";
    private static final String SWITCH_PLAN = "plan";
    private static final String SWITCH_BACK = "switchBack";
    private static final String TARGET_PLAN = "targetPlan";
    private static final String TARGET_CAMPAIGN = "targetCampaign";
    private static final String FORCE = "force";
    private static final String NAMES = "names";
    private static final String MOVES = "moves";
    private static final String TARGET_SERVER = "targetServer";
    private static final int MOVE_PARTS = 5;
    private static final String TAGS = "tags";
    private static final String PLAN = "plan";
    private static final String SERVER = "server";
    private static final String CUSTOMER = "customer";
    private static final String FILTER = "filter";
    private static final String CANARIES = "canaries";
    private static final String WAVES = "waves";
    private static final String PARALLEL = "parallel";
    private static final String PER_SERVER = "parallelPerServer";
    private static final String MAX_FAILURES = "maxFailures";
    private static final String MAX_PERCENT = "maxFailurePercent";
    private static final String IN_WINDOW = "inWindow";
    private static final String BACKUP_BEFORE = "backupBefore";

    private CampaignInput() {}

    static Map<String, String> write(Campaign campaign) {
        Map<String, String> input = new HashMap<>();
        CampaignChange change = campaign.change();
        input.put(CHANGE, describe(change));
        if (change instanceof CampaignChange.Addons addons) {
            input.put(NAMES, JsonText.write(addons.names()));
        } else if (change instanceof CampaignChange.Action action) {
            input.put(NAMES, JsonText.write(List.of(action.name())));
        } else if (change instanceof CampaignChange.Move move) {
            input.put(TARGET_SERVER, move.server().toString());
        } else if (change instanceof CampaignChange.Rebalance rebalance) {
            input.put(
                    MOVES,
                    JsonText.write(
                            rebalance.moves().stream().map(CampaignInput::text).toList()));
        } else if (change instanceof CampaignChange.Plan plan) {
            put(input, TARGET_PLAN, plan.plan());
            put(input, TARGET_VERSION, plan.version());
            put(input, FORCE, plan.force());
        } else if (change instanceof CampaignChange.SwitchBack back) {
            put(input, TARGET_CAMPAIGN, back.campaign());
            put(input, FORCE, back.force());
        }
        input.put(TAGS, JsonText.write(campaign.tags()));
        put(input, PLAN, campaign.plan());
        put(input, SERVER, campaign.server());
        put(input, CUSTOMER, campaign.customer());
        if (!campaign.filter().equals(Filter.all())) {
            input.put(FILTER, FilterText.write(RecordTypes.TENANTS, campaign.filter()));
        }
        put(input, CANARIES, campaign.canaries());
        input.put(
                WAVES,
                JsonText.write(campaign.waves().stream().map(String::valueOf).toList()));
        put(input, PARALLEL, campaign.parallel());
        put(input, PER_SERVER, campaign.parallelPerServer());
        put(input, MAX_FAILURES, campaign.maxFailures());
        put(input, MAX_PERCENT, campaign.maxFailurePercent());
        put(input, IN_WINDOW, campaign.inWindow());
        put(input, BACKUP_BEFORE, campaign.backupBefore());
        return input;
    }

    private static String text(Rebalancing.Move move) {
        return move.tenant() + ":" + move.from() + ":" + move.to() + ":" + move.sizeBytes() + ":" + move.name();
    }

    private static Rebalancing.Move move(String text) {
        String[] parts = text.split(":", MOVE_PARTS);
        return new Rebalancing.Move(
                new TenantId(Long.parseLong(parts[0])),
                parts[4],
                new ServerId(Long.parseLong(parts[1])),
                new ServerId(Long.parseLong(parts[2])),
                Long.parseLong(parts[3]),
                Duration.ZERO);
    }

    private static void put(Map<String, String> input, String key, @Nullable Object value) {
        if (value != null) {
            input.put(key, value.toString());
        }
    }

    /** The kind of a change, for the audit log. */
    static String describe(CampaignChange change) {
        if (change instanceof CampaignChange.Addons) {
            return ADDONS;
        }
        if (change instanceof CampaignChange.Move) {
            return MOVE;
        }
        if (change instanceof CampaignChange.Rebalance) {
            return REBALANCE;
        }
        if (change instanceof CampaignChange.Plan) {
            return SWITCH_PLAN;
        }
        if (change instanceof CampaignChange.SwitchBack) {
            return SWITCH_BACK;
        }
        return change instanceof CampaignChange.Action ? ACTION : SCHEMA;
    }

    static Campaign read(StoredOperation operation) {
        Map<String, String> input = operation.input();
        List<String> names = list(input, NAMES);
        CampaignChange change = switch (input.getOrDefault(CHANGE, "")) {
            case SCHEMA -> CampaignChange.schema();
            case ADDONS -> new CampaignChange.Addons(names);
            case ACTION -> CampaignChange.action(names.get(0));
            case MOVE -> CampaignChange.move(new ServerId(Long.parseLong(input.getOrDefault(TARGET_SERVER, "0"))));
            case REBALANCE ->
                new CampaignChange.Rebalance(
                        list(input, MOVES).stream().map(CampaignInput::move).toList());
            case SWITCH_PLAN ->
                new CampaignChange.Plan(
                        new PlanId(number(operation, TARGET_PLAN)),
                        (int) number(operation, TARGET_VERSION),
                        Boolean.parseBoolean(input.get(FORCE)));
            case SWITCH_BACK ->
                CampaignChange.switchBack(
                        new OperationId(number(operation, TARGET_CAMPAIGN)), Boolean.parseBoolean(input.get(FORCE)));
            default ->
                throw SaasException.unavailable(
                        ErrorCodes.RECORD_NEWER,
                        "A newer version of the program has started operation " + operation.id()
                                + ", and this version does not know its change.",
                        null);
        };
        return Campaign.of(change)
                .tags(list(input, TAGS))
                .plan(value(input, PLAN, text -> new PlanId(Long.parseLong(text))))
                .server(value(input, SERVER, text -> new ServerId(Long.parseLong(text))))
                .customer(value(input, CUSTOMER, text -> new CustomerId(Long.parseLong(text))))
                .filter(
                        input.containsKey(FILTER)
                                ? FilterText.read(RecordTypes.TENANTS, input.getOrDefault(FILTER, ""))
                                : Filter.all())
                .canaries(Integer.parseInt(input.getOrDefault(CANARIES, "0")))
                .waves(list(input, WAVES).stream().map(Integer::valueOf).toArray(Integer[]::new))
                .parallel(Integer.parseInt(input.getOrDefault(PARALLEL, "1")))
                .parallelPerServer(Integer.parseInt(input.getOrDefault(PER_SERVER, "0")))
                .maxFailures(value(input, MAX_FAILURES, Integer::valueOf))
                .maxFailurePercent(value(input, MAX_PERCENT, Integer::valueOf))
                .inWindow(Boolean.parseBoolean(input.get(IN_WINDOW)))
                .backupBefore(Boolean.parseBoolean(input.get(BACKUP_BEFORE)))
                .build();
    }

    private static List<String> list(Map<String, String> input, String key) {
        String text = input.get(key);
        return text == null ? List.of() : JsonText.readList(text);
    }

    private static <V> @Nullable V value(Map<String, String> input, String key, Function<String, V> read) {
        String text = input.get(key);
        return text == null ? null : read.apply(text);
    }

    static long number(StoredOperation operation, String key) {
        return Long.parseLong(operation.input().getOrDefault(key, "0"));
    }
}
