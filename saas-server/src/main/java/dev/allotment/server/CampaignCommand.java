// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Campaign;
import dev.allotment.CampaignChange;
import dev.allotment.CampaignStage;
import dev.allotment.CampaignStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Rebalancing;
import dev.allotment.Rebalancing.Measure;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantVersions;
import dev.allotment.server.CommandLineArguments.CampaignOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The command {@code campaign}: lists, starts, shows or changes campaigns, which the nodes run. */
final class CampaignCommand {
    static final String START = "--start";
    static final String COUNT = "--count";
    static final String SHOW = "--show";
    static final String PAUSE = "--pause";
    static final String RESUME = "--resume";
    static final String RETRY = "--retry";
    static final String CANCEL = "--cancel";
    static final String LIST = "--list";
    static final String VERSIONS = "--versions";
    static final String REBALANCING = "--rebalancing";
    static final String BY = "--by";
    static final String TAGS = "--tags";
    static final String PLAN = "--plan";
    static final String SERVER = "--server";
    static final String CANARIES = "--canaries";
    static final String WAVES = "--waves";
    static final String PARALLEL = "--parallel";
    static final String PER_SERVER = "--parallel-per-server";
    static final String FAILURES = "--max-failures";
    static final String PERCENT = "--max-failure-percent";
    static final String WINDOW = "--in-window";
    static final String BACKUP = "--backup-before";

    private static final Set<String> ACTIONS =
            Set.of(START, COUNT, SHOW, PAUSE, RESUME, RETRY, CANCEL, LIST, VERSIONS, REBALANCING);
    private static final Set<String> DESCRIBING = Set.of(START, COUNT);
    private static final int LISTED = 50;

    private final Saas saas;
    private final CampaignOptions options;
    private final PrintStream out;

    CampaignCommand(Saas saas, CampaignOptions options, PrintStream out) {
        this.saas = saas;
        this.options = options;
        this.out = out;
    }

    int run() {
        List<String> actions = options.given().filter(ACTIONS::contains).toList();
        String action = actions.isEmpty() ? LIST : actions.get(0);
        boolean describing = DESCRIBING.contains(action);
        if (actions.size() > 1
                || options.given()
                        .filter(each -> !ACTIONS.contains(each))
                        .anyMatch(each -> each.equals(BY) ? !action.equals(REBALANCING) : !describing)) {
            throw invalid("Give at most one of "
                    + String.join(", ", ACTIONS.stream().sorted().toList()) + ". " + BY + " belongs to " + REBALANCING
                    + ". All other options describe the campaign of --start or --count.");
        }
        switch (action) {
            case START ->
                out.println("Started campaign "
                        + saas.campaigns().start(campaign(START)).id() + ". The nodes run it.");
            case COUNT -> out.println(counted(saas.campaigns().count(campaign(COUNT)), "tenant") + " would be changed");
            case SHOW -> {
                return show(id(SHOW));
            }
            case PAUSE -> print(saas.campaigns().pause(id(PAUSE)));
            case RESUME -> print(saas.campaigns().resume(id(RESUME)));
            case RETRY -> print(saas.campaigns().retry(id(RETRY)));
            case CANCEL ->
                print(saas.operations()
                        .cancel(saas.campaigns().status(id(CANCEL)).operation().id()));
            case VERSIONS -> print(saas.campaigns().versions());
            case REBALANCING -> print(saas.servers().rebalancing(measure(options.value(BY, "size"))));
            default -> list();
        }
        return ExitCode.OK;
    }

    private static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.SETTING_INVALID, message);
    }

    private OperationId id(String option) {
        String text = options.value(option, "");
        if (!text.matches("[0-9]{1,18}")) {
            throw invalid(option + " takes the number of a campaign, as \"saas campaign\" prints it; found \"" + text
                    + "\".");
        }
        return new OperationId(Long.parseLong(text));
    }

    private Campaign campaign(String action) {
        String plan = options.values().get(PLAN);
        String server = options.values().get(SERVER);
        Campaign.Builder campaign = Campaign.of(change(options.value(action, "")))
                .tags(names(options.value(TAGS, "")))
                .plan(
                        plan == null
                                ? null
                                : saas.plans()
                                        .findByName(plan)
                                        .orElseThrow(() -> missing("plan", plan))
                                        .id())
                .server(server == null ? null : server(server))
                .canaries(number(CANARIES, 1))
                .waves(names(options.value(WAVES, "")).stream()
                        .map(each -> number(WAVES, each))
                        .toArray(Integer[]::new))
                .parallel(number(PARALLEL, 1))
                .parallelPerServer(number(PER_SERVER, 0))
                .maxFailures(optional(FAILURES))
                .maxFailurePercent(optional(PERCENT))
                .inWindow(options.flags().contains(WINDOW))
                .backupBefore(options.flags().contains(BACKUP));
        return campaign.build();
    }

    private CampaignChange change(String text) {
        int equals = text.indexOf('=');
        String kind = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        if (kind.equals("addons") && (equals < 0 || !value.isEmpty())) {
            return CampaignChange.addons(names(value).toArray(String[]::new));
        }
        if (kind.equals("move") && !value.isEmpty()) {
            return CampaignChange.move(server(value));
        }
        if (kind.equals("rebalance") && !value.isEmpty()) {
            return CampaignChange.rebalance(shown(value));
        }
        throw invalid("A campaign of the server program is addons, addons=NAME,NAME, move=SERVER or rebalance=CODE;"
                + " found \"" + text + "\". The embedder's program starts others.");
    }

    /** Only the moves that the operator has seen are made. */
    private Rebalancing shown(String code) {
        return Arrays.stream(Measure.values())
                .map(saas.servers()::rebalancing)
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
            out.println(each.name() + "  " + amount(found, each.sizeBytes(), each.load()) + "  fair "
                    + amount(found, each.fairBytes(), each.fairLoad()) + "  after "
                    + amount(found, each.afterBytes(), each.afterLoad()));
        }
        for (Rebalancing.Move each : found.moves()) {
            out.println("    " + each.name() + "  " + names.getOrDefault(each.from(), "") + " -> "
                    + names.getOrDefault(each.to(), "") + "  " + amount(found, each.sizeBytes(), each.load()));
        }
        out.println(
                found.moves().isEmpty()
                        ? "No move would even out the servers noticeably."
                        : counted(found.moves().size(), "move") + ". Nothing was changed. Start them with: " + START
                                + " rebalance=" + found.code());
    }

    private static String amount(Rebalancing found, long bytes, Duration load) {
        return found.by() == Measure.SIZE
                ? (bytes + Plan.MEGABYTE / 2) / Plan.MEGABYTE + " MB"
                : load.toSeconds() + " s a day";
    }

    private ServerId server(String name) {
        return saas.servers()
                .findByName(name)
                .orElseThrow(() -> missing("database server", name))
                .id();
    }

    private static SaasException missing(String what, String name) {
        return SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no " + what + " \"" + name + "\".");
    }

    private static List<String> names(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    private int number(String option, int byDefault) {
        Integer given = optional(option);
        return given == null ? byDefault : given;
    }

    private @Nullable Integer optional(String option) {
        String text = options.values().get(option);
        return text == null ? null : (Integer) number(option, text);
    }

    private static int number(String option, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw invalid(option + " takes whole numbers from 0 to 999999999; found \"" + text + "\".");
        }
        return Integer.parseInt(text);
    }

    private void list() {
        List<Operation> found = saas.operations()
                .list(Query.where(Filter.equal(Operation.KIND, OperationKind.CAMPAIGN))
                        .orderByDescending(Operation.ID)
                        .page(0, LISTED));
        found.forEach(each -> print(saas.campaigns().status(each.id())));
        out.println(counted(found.size(), "campaign") + (found.size() < LISTED ? "" : ", the last ones"));
    }

    /** Prints a campaign, and which tenants failed. */
    private int show(OperationId id) {
        CampaignStatus status = saas.campaigns().status(id);
        Operation operation = status.operation();
        print(status);
        out.println("    stage " + lower(status.stage())
                + (status.stage() == CampaignStage.WAVES ? " " + status.wave() : "") + ", " + status.working()
                + " being changed, " + status.later() + " outside of their window, started by "
                + operation.startedBy());
        if (operation.errorMessage() != null) {
            out.println("    " + operation.errorCode() + ": " + operation.errorMessage());
        }
        for (Operation failure : saas.campaigns().failures(id, 0)) {
            out.println(name(failure) + "  " + failure.errorCode() + "  operation " + failure.id());
            out.println("    " + failure.errorMessage());
        }
        return status.failed() > 0 || operation.state() == OperationState.FAILED ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private String name(Operation failure) {
        return failure.tenantId() == null
                ? "-"
                : saas.tenants().find(failure.tenantId()).map(Tenant::name).orElse(failure.tenantId() + " (deleted)");
    }

    private void print(CampaignStatus status) {
        Operation operation = status.operation();
        out.println(operation.id() + "  " + text(status.campaign().change()) + "  " + lower(operation.state()) + "  "
                + status.done() + " of " + status.total() + " done, " + status.failed() + " failed  "
                + operation.createdAt());
    }

    private void print(Operation operation) {
        out.println("Campaign " + operation.id() + " is " + lower(operation.state())
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
            out.println("add-ons  not read yet  " + counted(versions.unknownAddons(), "tenant"));
        }
    }

    private void print(String what, String version, String latest, long tenants) {
        out.println(what + "  " + (version.isEmpty() ? "none" : version)
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
                    + saas.servers()
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
        return change instanceof CampaignChange.Action action ? "action=" + action.name() : "schema";
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
