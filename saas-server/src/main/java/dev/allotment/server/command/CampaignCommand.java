// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.fleet.Rebalancing.Measure;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.TenantVersions;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code campaign}: lists, starts, shows or changes campaigns, which the nodes run. */
@Command
final class CampaignCommand extends OperatorCommand {
    private static final String START = "--start";
    private static final String COUNT = "--count";
    private static final String SHOW = "--show";
    private static final String PAUSE = "--pause";
    private static final String RESUME = "--resume";
    private static final String RETRY = "--retry";
    private static final String CANCEL = "--cancel";
    private static final String LIST = "--list";
    private static final String VERSIONS = "--versions";
    private static final String REBALANCING = "--rebalancing";
    private static final String BY = "--by";
    private static final String FORCE = "--force";
    private static final String PLAN = "plan";
    private static final String BACK = "back";
    private static final String CANARIES = "--canaries";
    private static final String WAVES = "--waves";
    private static final String PARALLEL = "--parallel";
    private static final String PER_SERVER = "--parallel-per-server";
    private static final String FAILURES = "--max-failures";
    private static final String PERCENT = "--max-failure-percent";

    private static final int LISTED = 50;

    @Option(names = LIST, description = "Lists the last campaigns, as the command without options does.")
    private boolean list;

    @Option(
            names = START,
            paramLabel = "CHANGE",
            description = "Starts a campaign: addons (updates all), addons=NAME,NAME, move=SERVER,"
                    + " rebalance=CODE for the moves that --rebalancing shows, plan=PLAN, or back=ID, which switches"
                    + " back what a campaign switched to a plan. The nodes run it.")
    private @Nullable String start;

    @Option(names = COUNT, paramLabel = "CHANGE", description = "Says how many tenants such a campaign would change.")
    private @Nullable String count;

    @Option(names = SHOW, paramLabel = "ID", description = "Shows a campaign, and which tenants failed.")
    private @Nullable String show;

    @Option(
            names = PAUSE,
            paramLabel = "ID",
            description = "Finishes the tenants that are being changed, and starts no other.")
    private @Nullable String pause;

    @Option(names = RESUME, paramLabel = "ID", description = "Continues with the tenants that were not tried.")
    private @Nullable String resume;

    @Option(names = RETRY, paramLabel = "ID", description = "Continues, and tries the failed tenants again.")
    private @Nullable String retry;

    @Option(names = CANCEL, paramLabel = "ID", description = "Ends a campaign before the next tenant.")
    private @Nullable String cancel;

    @Option(names = VERSIONS, description = "Says how many tenants have which versions.")
    private boolean versions;

    @Option(names = REBALANCING, description = "Shows moves that would even out the database servers.")
    private boolean rebalancing;

    @Option(
            names = BY,
            paramLabel = "MEASURE",
            description = "With --rebalancing: evens out their size (default) or load.")
    private @Nullable String by;

    @Option(names = "--tags", paramLabel = "NAME,NAME", description = "Selects the tenants with all of these tags.")
    private @Nullable String tags;

    @Option(names = "--plan", paramLabel = "NAME", description = "Selects the tenants on this plan.")
    private @Nullable String plan;

    @Option(names = "--server", paramLabel = "NAME", description = "Selects the tenants on this database server.")
    private @Nullable String server;

    @Option(
            names = CANARIES,
            paramLabel = "N",
            description = "How many tenants are changed first, one by one (default: 1).")
    private @Nullable String canaries;

    @Option(
            names = WAVES,
            paramLabel = "N,N",
            description = "Growing percentages of the others, such as 10,50 (default: one wave).")
    private @Nullable String waves;

    @Option(names = PARALLEL, paramLabel = "N", description = "How many tenants are changed at once (default: 1).")
    private @Nullable String parallel;

    @Option(
            names = PER_SERVER,
            paramLabel = "N",
            description = "How many of these on one database server (default: no limit).")
    private @Nullable String parallelPerServer;

    @Option(names = FAILURES, paramLabel = "N", description = "How many tenants may fail (default: 0).")
    private @Nullable String maxFailures;

    @Option(names = PERCENT, paramLabel = "N", description = "How many of a hundred tried tenants may fail.")
    private @Nullable String maxFailurePercent;

    @Option(names = "--in-window", description = "Changes each tenant in its maintenance window only.")
    private boolean inWindow;

    @Option(
            names = FORCE,
            description = "With plan=PLAN or back=ID: also tenants that exceed a limit, or lose add-ons with their"
                    + " data.")
    private boolean force;

    @Option(names = "--backup-before", description = "Makes a backup of each tenant before its change.")
    private boolean backupBefore;

    @Override
    int run(ServerConfiguration configuration) {
        Map<String, Boolean> actions = actions();
        List<String> given = actions.keySet().stream().filter(actions::get).toList();
        if (given.size() > 1
                || (by != null && !rebalancing)
                || (describesACampaign() && start == null && count == null)) {
            throw invalid("Give at most one of " + String.join(", ", actions.keySet()) + ". " + BY + " belongs to "
                    + REBALANCING + ". All other options describe the campaign of --start or --count.");
        }
        return act(given.isEmpty() ? LIST : given.get(0));
    }

    /** The options of which one may be given, and whether each is. */
    private Map<String, Boolean> actions() {
        return new TreeMap<>(Map.of(
                LIST, list,
                START, start != null,
                COUNT, count != null,
                SHOW, show != null,
                PAUSE, pause != null,
                RESUME, resume != null,
                RETRY, retry != null,
                CANCEL, cancel != null,
                VERSIONS, versions,
                REBALANCING, rebalancing));
    }

    private boolean describesACampaign() {
        return inWindow
                || force
                || backupBefore
                || Stream.of(
                                tags,
                                plan,
                                server,
                                canaries,
                                waves,
                                parallel,
                                parallelPerServer,
                                maxFailures,
                                maxFailurePercent)
                        .anyMatch(Objects::nonNull);
    }

    private int act(String action) {
        switch (action) {
            case START ->
                out().println("Started campaign "
                        + saas().campaigns().start(campaign(start)).id() + ". The nodes run it.");
            case COUNT ->
                out().println(counted(saas().campaigns().count(campaign(count)), "tenant") + " would be changed");
            case SHOW -> {
                return show(id(SHOW, show));
            }
            case PAUSE -> print(saas().campaigns().pause(id(PAUSE, pause)));
            case RESUME -> print(saas().campaigns().resume(id(RESUME, resume)));
            case RETRY -> print(saas().campaigns().retry(id(RETRY, retry)));
            case CANCEL ->
                print(saas().operations()
                        .cancel(saas().campaigns()
                                .status(id(CANCEL, cancel))
                                .operation()
                                .id()));
            case VERSIONS -> print(saas().campaigns().versions());
            case REBALANCING -> print(saas().servers().rebalancing(measure(by == null ? "size" : by)));
            default -> list();
        }
        return ExitCode.OK;
    }

    private static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.SETTING_INVALID, message);
    }

    private static OperationId id(String option, @Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,18}")) {
            throw invalid(option + " takes the number of a campaign, as \"saas campaign\" prints it; found \"" + text
                    + "\".");
        }
        return new OperationId(Long.parseLong(text));
    }

    private Campaign campaign(@Nullable String change) {
        Campaign.Builder campaign = Campaign.of(change(String.valueOf(change)))
                .tags(names(tags))
                .plan(plan == null ? null : plan(plan))
                .server(server == null ? null : server(server))
                .canaries(number(CANARIES, canaries, 1))
                .waves(names(waves).stream().map(each -> number(WAVES, each)).toArray(Integer[]::new))
                .parallel(number(PARALLEL, parallel, 1))
                .parallelPerServer(number(PER_SERVER, parallelPerServer, 0))
                .maxFailures(optional(FAILURES, maxFailures))
                .maxFailurePercent(optional(PERCENT, maxFailurePercent))
                .inWindow(inWindow)
                .backupBefore(backupBefore);
        return campaign.build();
    }

    private CampaignChange change(String text) {
        int equals = text.indexOf('=');
        String kind = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        if (kind.equals(PLAN) && !value.isEmpty()) {
            return new CampaignChange.Plan(plan(value), 0, force);
        }
        if (kind.equals(BACK)) {
            return CampaignChange.switchBack(id(START + " " + BACK + "=", value), force);
        }
        if (force) {
            throw invalid(FORCE + " belongs to plan=PLAN and back=ID; found \"" + text + "\".");
        }
        if (kind.equals("addons") && (equals < 0 || !value.isEmpty())) {
            return CampaignChange.addons(names(value).toArray(String[]::new));
        }
        if (kind.equals("move") && !value.isEmpty()) {
            return CampaignChange.move(server(value));
        }
        if (kind.equals("rebalance") && !value.isEmpty()) {
            return CampaignChange.rebalance(shown(value));
        }
        throw invalid("A campaign of the server program is addons, addons=NAME,NAME, move=SERVER, rebalance=CODE,"
                + " plan=PLAN or back=ID; found \"" + text + "\". The embedder's program starts others.");
    }

    /** Only the moves that the operator has seen are made. */
    private Rebalancing shown(String code) {
        return Arrays.stream(Measure.values())
                .map(saas().servers()::rebalancing)
                .filter(found -> found.code().equals(code))
                .findFirst()
                .orElseThrow(() -> invalid("The moves with the code \"" + code
                        + "\" are not those that would even out the servers now. Show them with " + REBALANCING + "."));
    }

    private static Measure measure(String text) {
        return Arrays.stream(Measure.values())
                .filter(each -> lower(each).equals(text))
                .findFirst()
                .orElseThrow(() -> invalid(BY + " takes size or load; found \"" + text + "\"."));
    }

    private void print(Rebalancing found) {
        Map<ServerId, String> names = new HashMap<>();
        for (Rebalancing.Share each : found.servers()) {
            names.put(each.server(), each.name());
            out().println(each.name() + "  " + amount(found, each.sizeBytes(), each.load()) + "  fair "
                    + amount(found, each.fairBytes(), each.fairLoad()) + "  after "
                    + amount(found, each.afterBytes(), each.afterLoad()));
        }
        for (Rebalancing.Move each : found.moves()) {
            out().println("    " + each.name() + "  " + names.getOrDefault(each.from(), "") + " -> "
                    + names.getOrDefault(each.to(), "") + "  " + amount(found, each.sizeBytes(), each.load()));
        }
        out().println(
                        found.moves().isEmpty()
                                ? "No move would even out the servers noticeably."
                                : counted(found.moves().size(), "move") + ". Nothing was changed. Start them with: "
                                        + START + " rebalance=" + found.code());
    }

    private static String amount(Rebalancing found, long bytes, Duration load) {
        return found.by() == Measure.SIZE
                ? (bytes + Plan.MEGABYTE / 2) / Plan.MEGABYTE + " MB"
                : load.toSeconds() + " s a day";
    }

    private PlanId plan(String name) {
        return saas().plans()
                .findByName(name)
                .orElseThrow(() -> missing("plan", name))
                .id();
    }

    private ServerId server(String name) {
        return saas().servers()
                .findByName(name)
                .orElseThrow(() -> missing("database server", name))
                .id();
    }

    private static SaasException missing(String what, String name) {
        return SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no " + what + " \"" + name + "\".");
    }

    private static List<String> names(@Nullable String text) {
        return text == null || text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    private static int number(String option, @Nullable String text, int byDefault) {
        return text == null ? byDefault : number(option, text);
    }

    private static @Nullable Integer optional(String option, @Nullable String text) {
        return text == null ? null : (Integer) number(option, text);
    }

    private static int number(String option, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw invalid(option + " takes whole numbers from 0 to 999999999; found \"" + text + "\".");
        }
        return Integer.parseInt(text);
    }

    private void list() {
        List<Operation> found = saas().operations()
                .list(Query.where(Filter.equal(Operation.KIND, OperationKind.CAMPAIGN))
                        .orderByDescending(Operation.ID)
                        .page(0, LISTED));
        found.forEach(each -> print(saas().campaigns().status(each.id())));
        out().println(counted(found.size(), "campaign") + (found.size() < LISTED ? "" : ", the last ones"));
    }

    /** Prints a campaign, and which tenants failed. */
    private int show(OperationId id) {
        CampaignStatus status = saas().campaigns().status(id);
        Operation operation = status.operation();
        print(status);
        out().println("    stage " + lower(status.stage())
                + (status.stage() == CampaignStage.WAVES ? " " + status.wave() : "") + ", " + status.working()
                + " being changed, " + status.later() + " outside of their window, started by "
                + operation.startedBy());
        if (operation.errorMessage() != null) {
            out().println("    " + operation.errorCode() + ": " + operation.errorMessage());
        }
        for (Operation failure : saas().campaigns().failures(id, 0)) {
            out().println(name(failure) + "  " + failure.errorCode() + "  operation " + failure.id());
            out().println("    " + failure.errorMessage());
        }
        return status.failed() > 0 || operation.state() == OperationState.FAILED ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private String name(Operation failure) {
        return failure.tenantId() == null
                ? "-"
                : saas().tenants().find(failure.tenantId()).map(Tenant::name).orElse(failure.tenantId() + " (deleted)");
    }

    private void print(CampaignStatus status) {
        Operation operation = status.operation();
        out().println(operation.id() + "  " + text(status.campaign().change()) + "  " + lower(operation.state()) + "  "
                + status.done() + " of " + status.total() + " done, " + status.failed() + " failed  "
                + operation.createdAt());
    }

    private void print(Operation operation) {
        out().println("Campaign " + operation.id() + " is " + lower(operation.state())
                + (operation.cancelRequested() ? ", and stops before the next tenant" : ""));
    }

    private void print(TenantVersions versions) {
        String schema = versions.schemaVersion();
        new TreeMap<>(versions.schemas())
                .forEach((version, tenants) -> print("tenant schema", version, schema == null ? "" : schema, tenants));
        new TreeMap<>(versions.addons())
                .forEach((name, counts) -> new TreeMap<>(counts)
                        .forEach((version, tenants) ->
                                print(name, version, versions.addonVersions().getOrDefault(name, ""), tenants)));
        if (versions.unknownAddons() > 0) {
            out().println("add-ons  not read yet  " + counted(versions.unknownAddons(), "tenant"));
        }
    }

    private void print(String what, String version, String latest, long tenants) {
        out().println(what + "  " + (version.isEmpty() ? "none" : version)
                + (latest.isEmpty() || latest.equals(version) ? "" : " (latest: " + latest + ")") + "  "
                + counted(tenants, "tenant"));
    }

    /** A number with a noun that takes an s in the plural. */
    static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private String text(CampaignChange change) {
        if (change instanceof CampaignChange.Move move) {
            return "move="
                    + saas().servers()
                            .find(move.server())
                            .map(Server::name)
                            .orElseGet(() -> move.server().toString());
        }
        if (change instanceof CampaignChange.Rebalance rebalance) {
            return "rebalance=" + counted(rebalance.moves().size(), "move");
        }
        if (change instanceof CampaignChange.Addons addons) {
            return addons.names().isEmpty() ? "addons" : "addons=" + String.join(",", addons.names());
        }
        if (change instanceof CampaignChange.Plan plan) {
            return PLAN + "="
                    + saas().plans()
                            .find(plan.plan())
                            .map(Plan::name)
                            .orElseGet(() -> plan.plan().toString());
        }
        if (change instanceof CampaignChange.SwitchBack back) {
            return BACK + "=" + back.campaign();
        }
        return change instanceof CampaignChange.Action action ? "action=" + action.name() : "schema";
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
