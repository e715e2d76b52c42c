// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantTransaction;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process that embeds a control plane. It executes the commands that it reads, and prints what it intends and what it
 * did. It is made to be killed.
 */
final class Victim {
    static final String OWNER = "owner@example.com";
    /** What the logins of customers start with that are erased. No other text has it. */
    static final String ERASABLE = "quagga";

    static final String FROM_TEMPLATE = "from a template";
    static final String EMPTY = "empty";
    static final String ACTION = "act";
    /** The parameter of a tenant database with the identities that it was copied to, in order. */
    static final String TALLY = "probe.tally";

    private static final int MOST_RUNS = 200;

    private final String node;
    private final Map<String, String> settings;
    private final String backend;
    private final ShiftedClock clock;
    private @Nullable Path backups;
    private @Nullable Saas saas;
    private @Nullable VictimMaintenance maintenance;
    /** Whether making a copy harmless takes for ever. */
    private volatile boolean lingering;

    private Victim(String backend, String node, ShiftedClock clock, Map<String, String> settings) {
        this.backend = backend;
        this.node = node;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * Runs until its input ends.
     *
     * @param args backend, node, seconds that its clock is ahead, and the backend's settings as {@code key=value}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Map<String, String> settings = settings(List.of(args).subList(3, args.length));
        ShiftedClock clock = new ShiftedClock();
        clock.advance(Long.parseLong(args[2]));
        // Each line is written at once, those of the log too, so that none gets into another.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setErr(out);
        new Victim(args[0], args[1], clock, settings).obey(System.in, out);
    }

    private static Map<String, String> settings(List<String> words) {
        Map<String, String> settings = new HashMap<>();
        for (String word : words) {
            String[] parts = word.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        return settings;
    }

    private void obey(InputStream in, PrintStream out) throws IOException, InterruptedException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "backups" -> backups = Path.of(words[1]);
                case "open" -> {
                    open(out);
                    out.println("OPENED");
                }
                case "close" -> {
                    saas().close();
                    out.println("CLOSED");
                }
                case "prepare" -> {
                    prepare(saas(), Integer.parseInt(words[1]));
                    out.println("PREPARED");
                }
                case "advance" -> {
                    clock.advance(Long.parseLong(words[1]));
                    out.println("ADVANCED");
                }
                case "trials" -> {
                    trials(saas(), Integer.parseInt(words[1]), out);
                    out.println("TRIALS");
                }
                case "tenants" -> {
                    tenants(saas(), Integer.parseInt(words[1]));
                    out.println("TENANTS");
                }
                case "campaign" -> {
                    saas().campaigns()
                            .start(Campaign.of(CampaignChange.action(ACTION))
                                    .waves(10, 50)
                                    .build());
                    out.println("CAMPAIGN");
                }
                case "repeat" -> repeat(saas(), words, out);
                case "settle" -> {
                    settle(saas());
                    out.println("SETTLED");
                }
                case "inspect" -> {
                    inspect(saas(), out);
                    out.println("INSPECTED");
                }
                case "server" -> {
                    saas().servers()
                            .create(Server.builder(words[1])
                                    .backend(words[2])
                                    .settings(settings(List.of(words).subList(3, words.length)))
                                    .build());
                    out.println("REGISTERED");
                }
                case "work" ->
                    new CrashWork(
                                    saas(),
                                    clock,
                                    Long.parseLong(words[1]),
                                    List.of(words).subList(3, words.length),
                                    out)
                            .start(Integer.parseInt(words[2]));
                case "create" -> new Creations(saas(), words[1], Integer.parseInt(words[2]), out).start();
                case "linger" -> copyForEver(words[1], out);
                case "maintain" -> {
                    maintenance = new VictimMaintenance(saas(), out);
                    maintenance.start();
                }
                case "mark" -> out.println("MARKED " + words[1]);
                case "rest" -> {
                    Objects.requireNonNull(maintenance).stop();
                    out.println("RESTED");
                }
                default -> throw new IllegalArgumentException(line);
            }
            out.flush();
        }
    }

    private Saas saas() {
        return Objects.requireNonNull(saas);
    }

    private void open(PrintStream out) {
        SaasBuilder builder = Saas.builder();
        if (backups != null) {
            builder.backupFolder(backups).secretKey("a secret key of the installation");
        }
        saas = builder.backend(backend, settings)
                .node(node)
                .clock(clock.withZone(ZoneOffset.UTC))
                .passwordIterations(1)
                .administrator("admin", "admin")
                .tenantAction(ACTION, (view, tenant) -> {
                    out.println("ACTED " + tenant.id());
                    out.flush();
                })
                .neutraliser(new Tally(() -> linger(out)))
                .preDeletionBackup(tenant -> {
                    out.println("SAVED " + tenant.uuid());
                    out.flush();
                    return "kept as " + tenant.uuid();
                })
                .listener(new SaasListener() {
                    @Override
                    public String name() {
                        return "outside";
                    }

                    @Override
                    public boolean receives(EventType type) {
                        return true;
                    }

                    @Override
                    public void on(Event event) {
                        out.println("TOLD " + event.uuid());
                        out.flush();
                    }
                })
                .open();
    }

    private void linger(PrintStream out) {
        if (lingering) {
            out.println("LINGERS");
            out.flush();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Starts to copy a database, and does not finish as long as this process lives. */
    private void copyForEver(String source, PrintStream out) {
        lingering = true;
        TenantId id = new TenantId(Long.parseLong(source));
        String server = saas().tenants().get(id).serverId().toString();
        out.println("INTENDS copy lingering " + source + " lingering.example " + server);
        Thread thread = new Thread(
                () -> saas().tenants().duplicate(copy("lingering", source, "lingering.example", server)), "copy");
        thread.setDaemon(true);
        thread.start();
    }

    /** Writes into each copy that it was made harmless, after what its source says of itself. */
    private static final class Tally implements Neutraliser {
        private final Runnable before;

        Tally(Runnable before) {
            this.before = before;
        }

        @Override
        public String name() {
            return "tally";
        }

        @Override
        public void neutralise(Tenant copy, TenantTransaction transaction) {
            before.run();
            String own = copy.uuid().toString();
            String tally = transaction
                    .parameter(TALLY)
                    .map(source -> source + ',' + own)
                    .orElse(own);
            transaction.setParameter(TALLY, tally, true);
        }
    }

    /** Creates the records that every run starts with: an owner, a plan with a template and spares, and two without. */
    static void prepare(Saas saas, int spares) {
        saas.accounts()
                .signUp(SignUp.builder(OWNER, "Owner", "a password of the owner")
                        .build());
        Plan first = saas.plans()
                .create(Plan.builder(FROM_TEMPLATE)
                        .dbNameTemplate("shop-%i.example")
                        .spares(spares)
                        .maxUsers(5)
                        .entitlement("api", true)
                        .entitlement("projects", 5)
                        .build());
        saas.templates().build(first.id(), List.of("probe"));
        saas.plans()
                .create(Plan.builder(EMPTY).dbNameTemplate("empty-%i.example").build());
        saas.plans()
                .create(Plan.builder("other")
                        .dbNameTemplate("other-%i.example")
                        .maxUsers(7)
                        .entitlement("projects", 7)
                        .entitlement("reports", true)
                        .build());
        saas.parameters().set("saas_portal.delete_expired_trials_after", "1");
        settle(saas);
    }

    /** Creates an owner, and empty tenants. */
    private static void tenants(Saas saas, int count) {
        saas.accounts()
                .signUp(SignUp.builder(OWNER, "Owner", "a password of the owner")
                        .build());
        Plan plan = saas.plans()
                .create(Plan.builder(EMPTY).dbNameTemplate("empty-%i.example").build());
        for (int i = 0; i < count; i++) {
            saas.tenants().create(creation(saas, "tenant" + i, plan.id().toString(), "-"));
        }
    }

    /** Creates tenants that expire an hour later. */
    private static void trials(Saas saas, int count, PrintStream out) {
        Plan plan = saas.plans()
                .create(Plan.builder("trial")
                        .dbNameTemplate("trial-%i.example")
                        .trialHours(1)
                        .build());
        for (int i = 0; i < count; i++) {
            String key = "trial" + i;
            TenantId made = saas.tenants()
                    .create(creation(saas, key, plan.id().toString(), "-").toBuilder()
                            .trial(true)
                            .build())
                    .tenant()
                    .id();
            out.println("MADE " + key + ' ' + made);
        }
    }

    static User owner(Saas saas) {
        return owner(saas, OWNER);
    }

    /** The network address of a person who may be erased; another one for each. */
    static String address(String word) {
        int hash = word.hashCode();
        return "2001:db8::" + Integer.toHexString(hash >>> Short.SIZE) + ':' + Integer.toHexString(hash & 0xffff);
    }

    private static User owner(Saas saas, String login) {
        return saas.accounts()
                .findByLogin(login)
                .orElseThrow(() -> SaasException.notFound(ErrorCodes.RECORD_MISSING, login + " was erased"));
    }

    /** Until there is nothing left to do. */
    private static void settle(Saas saas) {
        for (int run = 0; run < MOST_RUNS; run++) {
            if (saas.maintenance().run() == 0) {
                return;
            }
        }
        throw new IllegalStateException("There is always something left to do");
    }

    /** Compares the servers with the catalog, and restores every backup as a drill. */
    private static void inspect(Saas saas, PrintStream out) {
        saas.reconciliation().check().findings().forEach(each -> out.println("WRONG check " + each));
        for (Tenant tenant : saas.tenants().list(Query.all())) {
            if (!tenant.state().hasDatabase()) {
                continue;
            }
            for (Backup backup : saas.backups().list(tenant.id())) {
                try {
                    saas.backups().drill(tenant.id(), backup.id());
                    out.println("DRILLED " + backup.id());
                } catch (SaasException e) {
                    out.println("WRONG drill of " + backup + ' ' + e.code() + ' ' + e.getMessage());
                }
            }
        }
    }

    /** Repeats a request to a dead process twice. */
    private static void repeat(Saas saas, String[] words, PrintStream out) {
        for (int time = 0; time < 2; time++) {
            try {
                TenantId made = again(saas, () -> ask(saas, words));
                out.println("MADE " + words[2] + ' ' + made);
            } catch (SaasException e) {
                out.println("REFUSED " + words[2] + ' ' + e.code());
            }
        }
        out.println("REPEATED " + words[2]);
    }

    private static TenantId ask(Saas saas, String[] words) {
        CreatedTenant made = switch (words[1]) {
            case "copy" -> saas.tenants().duplicate(copy(words[2], words[3], words[4], words[5]));
            case "adopt" -> saas.tenants().adopt(adoption(saas, words[2], words[3], words[4], words[5]));
            case "restore" -> saas.backups().restore(restoration(words[2], words[3], words[4], words[5]));
            default -> saas.tenants().create(creation(saas, words[2], words[3], words[4], words[5]));
        };
        return made.tenant().id();
    }

    /** Where it is still being worked on, that is finished first. */
    private static <T> T again(Saas saas, Supplier<T> request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return request.get();
            } catch (SaasException e) {
                boolean later = e.code().equals(ErrorCodes.OPERATION_IN_PROGRESS)
                        || e.code().equals(ErrorCodes.TENANT_BUSY);
                if (!later || attempt == MOST_RUNS) {
                    throw e;
                }
                saas.maintenance().run();
            }
        }
    }

    static CreateTenant creation(Saas saas, String key, String plan, String name) {
        return creation(saas, key, plan, name, OWNER);
    }

    static CreateTenant creation(Saas saas, String key, String plan, String name, String owner) {
        return CreateTenant.onPlan(new PlanId(Long.parseLong(plan)))
                .owner(owner(saas, owner))
                .name(name.equals("-") ? null : name)
                .idempotencyKey(key)
                .build();
    }

    static DuplicateTenant copy(String key, String source, String name, String server) {
        return DuplicateTenant.builder(new TenantId(Long.parseLong(source)))
                .name(name)
                .server(new ServerId(Long.parseLong(server)))
                .idempotencyKey(key)
                .build();
    }

    static RestoreBackup restoration(String key, String tenant, String backup, String name) {
        return RestoreBackup.builder(new TenantId(Long.parseLong(tenant)), new BackupId(UUID.fromString(backup)))
                .name(name)
                .idempotencyKey(key)
                .build();
    }

    static AdoptTenant adoption(Saas saas, String key, String server, String name, String plan) {
        return AdoptTenant.builder(new ServerId(Long.parseLong(server)), name, new PlanId(Long.parseLong(plan)))
                .owner(owner(saas).id())
                .idempotencyKey(key)
                .build();
    }
}
