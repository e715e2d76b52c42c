// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.Allotment;
import dev.allotment.spi.SaasListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process with a control plane in it, which does what it reads, and tells what it intends and what it has done. It is made
 * to be killed.
 */
final class Victim {
    static final String OWNER = "owner@example.com";
    static final String FROM_TEMPLATE = "from a template";
    static final String EMPTY = "empty";

    private static final int MOST_RUNS = 200;

    private final String node;
    private final Map<String, String> settings;
    private final String backend;
    private final ShiftedClock clock;
    private @Nullable Saas saas;
    private @Nullable Upkeep upkeep;

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
        Map<String, String> settings = new HashMap<>();
        for (String arg : List.of(args).subList(3, args.length)) {
            String[] parts = arg.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        ShiftedClock clock = new ShiftedClock();
        clock.advance(Long.parseLong(args[2]));
        new Victim(args[0], args[1], clock, settings).obey(System.in, System.out);
    }

    private void obey(InputStream in, PrintStream out) throws IOException, InterruptedException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
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
                case "repeat" -> repeat(saas(), words, out);
                case "settle" -> {
                    settle(saas());
                    out.println("SETTLED");
                }
                case "work" -> new Work(saas(), Long.parseLong(words[1]), out).start(Integer.parseInt(words[2]));
                case "create" -> new Creations(saas(), words[1], Integer.parseInt(words[2]), out).start();
                case "maintain" -> {
                    upkeep = new Upkeep(saas(), out);
                    upkeep.start();
                }
                case "rest" -> {
                    Objects.requireNonNull(upkeep).stop();
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
        saas = Allotment.builder()
                .backend(backend, settings)
                .node(node)
                .clock(clock)
                .passwordRounds(1)
                .administrator("admin", "admin")
                .listener(new SaasListener() {
                    @Override
                    public String name() {
                        return "outside";
                    }

                    @Override
                    public void on(Event event) {
                        out.println("TOLD " + event.uuid());
                        out.flush();
                    }
                })
                .open();
    }

    /** What every life begins with: an owner, a plan with a template and spares, and one without. */
    private static void prepare(Saas saas, int spares) {
        saas.accounts().signUp(new SignUp(OWNER, "Owner", "a password of the owner"));
        Plan first = saas.plans()
                .create(Plan.builder(FROM_TEMPLATE)
                        .dbNameTemplate("shop-%i.example")
                        .spares(spares)
                        .build());
        saas.templates().build(first.id(), List.of("probe"));
        saas.plans()
                .create(Plan.builder(EMPTY).dbNameTemplate("empty-%i.example").build());
        settle(saas);
    }

    /** Client databases whose time is over an hour later. */
    private static void trials(Saas saas, int count, PrintStream out) {
        Plan plan = saas.plans()
                .create(Plan.builder("trial")
                        .dbNameTemplate("trial-%i.example")
                        .expiration(1)
                        .build());
        for (int i = 0; i < count; i++) {
            String key = "trial" + i;
            TenantId made = saas.tenants()
                    .create(creation(saas, key, plan.id().toString(), "-").asTrial(true))
                    .tenant()
                    .id();
            out.println("MADE " + key + ' ' + made);
        }
    }

    static User owner(Saas saas) {
        return saas.accounts().list(Query.all()).stream()
                .filter(user -> user.login().equals(OWNER))
                .findFirst()
                .orElseThrow();
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

    /** Asks once more, twice, for what a process that is dead was asked for. */
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
        return words[1].equals("copy")
                ? saas.tenants()
                        .duplicate(copy(words[2], words[3], words[4]))
                        .tenant()
                        .id()
                : saas.tenants()
                        .create(creation(saas, words[2], words[3], words[4]))
                        .tenant()
                        .id();
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
        return CreateTenant.on(new PlanId(Long.parseLong(plan)))
                .ownedBy(owner(saas))
                .named(name.equals("-") ? null : name)
                .withIdempotencyKey(key);
    }

    static DuplicateTenant copy(String key, String source, String name) {
        return DuplicateTenant.of(new TenantId(Long.parseLong(source)))
                .named(name)
                .withIdempotencyKey(key);
    }
}
