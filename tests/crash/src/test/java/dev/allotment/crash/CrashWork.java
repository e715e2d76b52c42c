// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.backup.Backup;
import dev.allotment.fleet.Server;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Does random actions on existing records, in several threads, until the process dies. */
final class CrashWork {
    private static final int FEW = 3;
    private static final int MANY = 8;
    private static final int MOST = 12;
    private static final List<String> ZONES = List.of("UTC", "Europe/Paris", "Asia/Tokyo");

    /** An owner has fewer rights than the host, which has all of them. */
    private static final Set<ErrorCategory> REFUSALS =
            Set.of(ErrorCategory.CONFLICT, ErrorCategory.NOT_FOUND, ErrorCategory.NOT_ALLOWED);

    /** The answers if another operation of the tenant supersedes one. It is done, or not at all. */
    private static final Set<String> STOPPED =
            Set.of(ErrorCodes.OPERATION_SUPERSEDED, ErrorCodes.OPERATION_IN_PROGRESS);

    private final Saas saas;
    private final InstantSource clock;
    private final long seed;
    private final PrintStream out;
    private final List<Plan> plans;
    /** Databases that others have made, each as server/name. */
    private final Queue<String> foreign;

    CrashWork(Saas saas, InstantSource clock, long seed, List<String> foreign, PrintStream out) {
        this.saas = saas;
        this.clock = clock;
        this.seed = seed;
        this.foreign = new ConcurrentLinkedQueue<>(foreign);
        this.out = out;
        this.plans = saas.plans().list(Query.all());
    }

    void start(int threads) {
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            Thread thread = new Thread(() -> goOn(random), "work");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void goOn(Random random) {
        while (true) {
            String key = "k" + Long.toUnsignedString(random.nextLong(), 36);
            try {
                act(random, key);
                tell("DID");
            } catch (SaasException e) {
                if (STOPPED.contains(e.code())) {
                    // Another thread suspended or deleted the tenant meanwhile. A request with a key is repeated.
                    tell("STOPPED " + key);
                    continue;
                }
                boolean refused = REFUSALS.contains(e.category());
                tell(refused ? "REFUSED " + key + ' ' + e.code() + ' ' + e.getMessage() : wrong(key, e));
            } catch (RuntimeException e) {
                tell(wrong(key, e));
            }
        }
    }

    /** In one line, so that the test shows all of it. */
    private static String wrong(String key, RuntimeException e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        String code = e instanceof SaasException known ? known.code() + ' ' : "";
        return "WRONG " + key + ' ' + code + trace.toString().replaceAll("\\R\\s*", " | ");
    }

    private void tell(String line) {
        out.println(line);
        out.flush();
    }

    /** What is done, and how many times of a hundred. */
    private enum Action {
        SIGN_UP(3),
        CREATE(8),
        COPY(6),
        RENAME(5),
        MOVE(5),
        CONFIGURE(6),
        BACK_UP(8),
        RESTORE_BACKUP(4),
        RESTORE_IN_PLACE(6),
        SWAP(4),
        DELETE_BACKUP(1),
        EXPORT(2),
        SUSPEND(3),
        RESUME(3),
        EXTEND(2),
        UPDATE(2),
        SWITCH_PLAN(4),
        EXPIRE(3),
        DELETE(5),
        ERASE(3),
        TAKE_BACK(4),
        TEMPLATE(3),
        TEMPLATE_VERSION(3),
        ADOPT(3),
        MAINTAIN(4);

        private final int times;

        Action(int times) {
            this.times = times;
        }

        static Action any(Random random) {
            int left = random.nextInt(100);
            for (Action each : values()) {
                left -= each.times;
                if (left < 0) {
                    return each;
                }
            }
            return MAINTAIN;
        }
    }

    private void act(Random random, String key) {
        List<Tenant> all = saas.tenants().list(Query.all());
        List<Tenant> live = all.stream().filter(each -> each.state().live()).toList();
        List<Tenant> retained = all.stream()
                .filter(each -> each.state() == TenantState.RETAINED)
                .toList();
        Action action = Action.any(random);
        if (live.size() < FEW) {
            action = Action.CREATE;
        } else if (live.size() > MANY && random.nextInt(3) == 0) {
            action = Action.DELETE;
        } else if (action == Action.CREATE && live.size() >= MOST) {
            action = Action.MAINTAIN;
        } else if (retained.size() > FEW && random.nextInt(4) == 0) {
            action = Action.TAKE_BACK;
        }
        TenantId id = live.isEmpty()
                ? new TenantId(0)
                : live.get(random.nextInt(live.size())).id();
        switch (action) {
            case SIGN_UP -> signUp(key);
            case CREATE -> create(random, key);
            case COPY -> copy(random, key, id);
            case RENAME -> rename(random, id, key);
            case MOVE ->
                saas.tenants()
                        .move(id, any(saas.servers().list(Query.all()), random).id());
            case CONFIGURE -> configure(random, id);
            case BACK_UP -> backUp(random, id, key);
            case RESTORE_BACKUP -> restoreBackup(random, id, key);
            case RESTORE_IN_PLACE -> restoreInPlace(random, id, key);
            case SWAP -> swap(random, live, key);
            case DELETE_BACKUP ->
                backup(random, id).ifPresent(each -> saas.backups().delete(id, each.id()));
            case EXPORT -> export(id, key);
            case SUSPEND -> saas.tenants().suspend(id);
            case RESUME -> saas.tenants().resume(id);
            case EXTEND ->
                saas.tenants().extend(id, Instant.parse("2040-01-01T00:00:00Z").plusSeconds(random.nextInt()), "tried");
            case UPDATE -> {
                int users = 10 + random.nextInt(100);
                saas.tenants()
                        .update(id, each -> each.toBuilder().maxUsers(users).build());
            }
            case SWITCH_PLAN ->
                saas.tenants()
                        .switchPlan(SwitchPlan.builder(id, any(plans, random).id())
                                .force(true)
                                .build());
            case EXPIRE -> expire(random, id);
            case DELETE -> delete(random, id);
            case ERASE -> erase(random, key);
            case TAKE_BACK -> takeBack(random, retained);
            case TEMPLATE -> template(random);
            case TEMPLATE_VERSION -> templateVersion(random);
            case ADOPT -> adopt(random, key);
            case MAINTAIN -> saas.maintenance().run();
        }
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    /** A customer whose texts have one word that no other text has. */
    private void signUp(String key) {
        String word = Victim.ERASABLE + key;
        saas.accounts()
                .signUp(
                        SignUp.builder(word + "@example.com", word, "a password of a customer")
                                .build(),
                        Victim.address(word));
    }

    private List<User> erasable() {
        return saas.accounts().list(Query.all()).stream()
                .filter(each -> each.login().startsWith(Victim.ERASABLE))
                .toList();
    }

    private Optional<User> erasableOwner(TenantId tenant) {
        UserId owner = saas.tenants().get(tenant).ownerId();
        return erasable().stream().filter(each -> each.id().equals(owner)).findFirst();
    }

    /** The control plane, for the owner of a tenant if that is one who may be erased. */
    private Saas asOwner(TenantId tenant) {
        return erasableOwner(tenant)
                .map(each -> saas.actingAs(each.id(), Victim.address(word(each))))
                .orElse(saas);
    }

    private static String word(User account) {
        return account.login().substring(0, account.login().indexOf('@'));
    }

    /** What has started is finished, whatever fails. */
    private void erase(Random random, String key) {
        List<User> erasable = erasable();
        if (erasable.isEmpty()) {
            signUp(key);
            return;
        }
        User account = any(erasable, random);
        try {
            if (later(random)) {
                saas.async().eraseCustomer(account.customerId());
            } else {
                saas.erasures().erase(account.customerId());
            }
        } catch (SaasException e) {
            if (!e.retryable() || !e.details().containsKey("operation")) {
                throw e;
            }
        }
        tell("ERASED " + word(account));
    }

    private void create(Random random, String key) {
        String plan = any(plans, random).id().toString();
        List<User> erasable = erasable();
        String owner = erasable.isEmpty() || random.nextBoolean()
                ? Victim.OWNER
                : any(erasable, random).login();
        String name = random.nextBoolean() ? "-" : owner.substring(0, owner.indexOf('@')) + '-' + key + ".example";
        tell("INTENDS create " + key + ' ' + plan + ' ' + name + ' ' + owner);
        if (random.nextInt(4) == 0) {
            saas.async().create(Victim.creation(saas, key, plan, name, owner));
        } else {
            made(
                    key,
                    saas.tenants()
                            .create(Victim.creation(saas, key, plan, name, owner))
                            .tenant());
        }
    }

    /** Copies to any server. On another server it may fail, if the source is renamed or removed meanwhile. */
    private void copy(Random random, String key, TenantId source) {
        String name = "copy-" + key + ".example";
        String server = any(saas.servers().list(Query.all()), random).id().toString();
        tell("INTENDS copy " + key + ' ' + source + ' ' + name + ' ' + server);
        try {
            made(
                    key,
                    saas.tenants()
                            .duplicate(Victim.copy(key, source.toString(), name, server))
                            .tenant());
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.UNAVAILABLE) {
                throw e;
            }
            tell("REFUSED " + key + ' ' + e.code() + ' ' + e.getMessage());
        }
    }

    private Optional<Backup> backup(Random random, TenantId id) {
        List<Backup> all = saas.backups().hasStore() ? saas.backups().list(id) : List.of();
        return all.isEmpty() ? Optional.empty() : Optional.of(any(all, random));
    }

    private void backUp(Random random, TenantId id, String key) {
        if (!saas.backups().hasStore()) {
            return;
        }
        Saas actor = random.nextBoolean() ? asOwner(id) : saas;
        if (later(random)) {
            actor.async().createBackup(id, key);
        } else {
            Backup made = actor.backups().create(id, key);
            tell("BACKED-UP " + made.tenant() + ' ' + made.id());
        }
    }

    /** A node makes two exports at once, and one is cut off if the database is renamed, replaced or removed. */
    private void export(TenantId id, String key) {
        try {
            saas.exports().write(id, OutputStream.nullOutputStream());
        } catch (SaasException e) {
            if (!e.retryable()) {
                throw e;
            }
            tell("REFUSED " + key + ' ' + e.code() + ' ' + e.getMessage());
        }
    }

    private void restoreBackup(Random random, TenantId id, String key) {
        Optional<Backup> backup = backup(random, id);
        if (backup.isPresent()) {
            String name = "restored-" + key + ".example";
            tell("INTENDS restore " + key + ' ' + id + ' ' + backup.get().id() + ' ' + name);
            made(
                    key,
                    saas.backups()
                            .restore(Victim.restoration(
                                    key, id.toString(), backup.get().id().toString(), name))
                            .tenant());
        }
    }

    private void restoreInPlace(Random random, TenantId id, String key) {
        Optional<Backup> backup = backup(random, id);
        if (backup.isPresent()) {
            saas.backups().restoreInPlace(id, backup.get().id(), key);
            tell("REPLACED " + id + ' ' + key);
        } else {
            backUp(random, id, key);
        }
    }

    /** Swaps a tenant with one that was made from it, and after that, perhaps, back again. */
    private void swap(Random random, List<Tenant> live, String key) {
        Map<UUID, TenantId> ids = new HashMap<>();
        live.forEach(each -> ids.put(each.uuid(), each.id()));
        List<Event> pairs = saas
                .events()
                .list(Query.where(
                        Filter.in(Event.TYPE, List.of(EventType.TENANT_DUPLICATED, EventType.BACKUP_RESTORED))))
                .stream()
                .filter(each -> ids.containsValue(each.tenantId()) && ids.containsKey(source(each)))
                .toList();
        if (pairs.isEmpty()) {
            copy(random, key, any(live, random).id());
            return;
        }
        Event pair = any(pairs, random);
        TenantId id = Objects.requireNonNull(ids.get(source(pair)));
        SwapTenants swap = SwapTenants.builder(id, Objects.requireNonNull(pair.tenantId()))
                .neutralised(true)
                .keptHours(SwapTenants.MIN_KEPT_HOURS * (1 + random.nextInt(3)))
                .idempotencyKey(key)
                .build();
        if (later(random)) {
            saas.async().swap(swap);
        } else {
            saas.tenants().swap(swap);
            tell("SWAPPED " + id + ' ' + pair.tenantId() + ' ' + key);
        }
    }

    private static UUID source(Event made) {
        return UUID.fromString(made.details().getOrDefault("source", ""));
    }

    private void made(String key, Tenant tenant) {
        tell("MADE " + key + ' ' + tenant.id());
    }

    /** Each part of the change names its configuration, so that the parts can be compared later. */
    private static ConfigurationChange upgrade(int number) {
        ConfigurationChange.Builder upgrade = ConfigurationChange.builder()
                .parameter("probe.first", Integer.toString(number))
                .hiddenParameter("probe.second", Integer.toString(number))
                .recordQuota("probe.thing", number);
        if (number % 2 == 0) {
            upgrade.uninstall("probe");
        } else {
            upgrade.install("probe").grantOwner("probe.group_probe");
        }
        return upgrade.build();
    }

    /** Expired for an hour, which suspends some tenants, or for so long that trials are deleted. */
    private void expire(Random random, TenantId id) {
        boolean trial = random.nextBoolean();
        boolean blocks = random.nextBoolean();
        Instant over = clock.instant().minus(random.nextInt(3) == 0 ? Duration.ofDays(2) : Duration.ofHours(1));
        saas.tenants()
                .update(
                        id,
                        each -> each.toBuilder()
                                .trial(trial)
                                .blockOnExpiration(blocks)
                                .expiresAt(over)
                                .build());
        saas.maintenance().run();
    }

    /** Runs an operation now, or starts it and leaves it to any node. */
    private void rename(Random random, TenantId id, String key) {
        String word = erasableOwner(id).map(each -> '-' + word(each)).orElse("");
        String name = "renamed-" + key + word + ".example";
        if (later(random)) {
            saas.async().rename(id, name);
        } else {
            saas.tenants().rename(id, name);
        }
    }

    private void configure(Random random, TenantId id) {
        ConfigurationChange upgrade = upgrade(random.nextInt(1_000_000));
        if (later(random)) {
            saas.async().configure(id, upgrade);
        } else {
            saas.configuration().apply(id, upgrade);
        }
    }

    private static boolean later(Random random) {
        return random.nextInt(4) == 0;
    }

    /** Some are kept for a day. */
    private void delete(Random random, TenantId id) {
        if (random.nextInt(5) == 0) {
            saas.tenants().purge(id);
            return;
        }
        saas.parameters().set(Parameter.RETENTION_DAYS, random.nextBoolean() ? "1" : "0");
        if (later(random)) {
            saas.async().delete(id);
        } else {
            saas.tenants().delete(id);
        }
    }

    private void takeBack(Random random, List<Tenant> retained) {
        if (retained.isEmpty()) {
            return;
        }
        TenantId id = any(retained, random).id();
        if (random.nextInt(3) == 0) {
            saas.tenants().purge(id);
        } else {
            saas.tenants().restore(id);
        }
    }

    /** Gives a plan a template, built or adopted, or takes it away. Then deletes a template without a plan. */
    private void template(Random random) {
        Plan plan = saas.plans().get(any(plans.subList(1, plans.size()), random).id());
        Optional<Foreign> adoptable = random.nextBoolean() ? takeForeign() : Optional.empty();
        if (plan.templateId() != null) {
            saas.plans()
                    .update(plan.id(), each -> each.toBuilder().templateId(null).build());
        } else if (adoptable.isPresent()) {
            saas.templates()
                    .adopt(plan.id(), adoptable.get().server(), adoptable.get().name(), null);
        } else {
            saas.templates().build(plan.id(), random.nextBoolean() ? List.of("probe") : List.of());
        }
        List<Template> templates = saas.templates().list(Query.all());
        Set<TemplateId> used = new HashSet<>();
        saas.plans().list(Query.all()).forEach(each -> {
            if (each.templateId() != null) {
                used.add(each.templateId());
            }
        });
        Set<UUID> families = new HashSet<>();
        templates.stream().filter(each -> used.contains(each.id())).forEach(each -> families.add(each.family()));
        for (Template each : templates) {
            if (!families.contains(each.family())) {
                saas.templates().delete(each.id());
                return;
            }
        }
    }

    /** What the first plan's template was built from is something else now. */
    private void templateVersion(Random random) {
        String zone = any(ZONES, random);
        saas.plans().update(plans.get(0).id(), each -> each.toBuilder().tz(zone).build());
        saas.maintenance().run();
    }

    private void adopt(Random random, String key) {
        Optional<Foreign> one = takeForeign();
        if (one.isPresent()) {
            String server = one.get().server().toString();
            String name = one.get().name();
            String plan = any(plans, random).id().toString();
            tell("INTENDS adopt " + key + ' ' + server + ' ' + name + ' ' + plan);
            made(
                    key,
                    saas.tenants()
                            .adopt(Victim.adoption(saas, key, server, name, plan))
                            .tenant());
        }
    }

    private record Foreign(ServerId server, String name) {}

    private Optional<Foreign> takeForeign() {
        return Optional.ofNullable(foreign.poll()).map(each -> {
            String[] parts = each.split("/", 2);
            ServerId server = saas.servers().list(Query.all()).stream()
                    .filter(known -> known.name().equals(parts[0]))
                    .map(Server::id)
                    .findFirst()
                    .orElseThrow();
            return new Foreign(server, parts[1]);
        });
    }
}
