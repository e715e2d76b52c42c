// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.ErrorCategory;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Upgrade;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Random actions on whatever there is, from several threads, for as long as the process lives. */
final class Work {
    private static final int MANY = 8;
    private static final int MOST = 12;

    private final Saas saas;
    private final long seed;
    private final PrintStream out;
    private final List<Plan> plans;

    Work(Saas saas, long seed, PrintStream out) {
        this.saas = saas;
        this.seed = seed;
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
                boolean refused = e.category() == ErrorCategory.CONFLICT || e.category() == ErrorCategory.NOT_FOUND;
                tell((refused ? "REFUSED " : "WRONG ") + key + ' ' + e.code() + ' ' + e.getMessage());
            } catch (RuntimeException e) {
                tell("WRONG " + key + ' ' + e);
            }
        }
    }

    private void tell(String line) {
        out.println(line);
        out.flush();
    }

    private void act(Random random, String key) {
        List<Tenant> live = saas.tenants().list(Query.all()).stream()
                .filter(each -> each.state().live())
                .toList();
        int choice = random.nextInt(100);
        if (live.size() < 3 || (choice < 20 && live.size() < MOST)) {
            create(random, key);
            return;
        }
        Tenant tenant = live.get(random.nextInt(live.size()));
        TenantId id = tenant.id();
        boolean later = random.nextInt(4) == 0;
        if (live.size() > MANY && random.nextInt(3) == 0) {
            if (later) {
                saas.later().delete(id);
            } else {
                saas.tenants().delete(id);
            }
        } else if (choice < 28) {
            String name = "copy-" + key + ".example";
            tell("INTENDS copy " + key + ' ' + id + ' ' + name);
            made(
                    key,
                    saas.tenants()
                            .duplicate(Victim.copy(key, id.toString(), name))
                            .tenant());
        } else if (choice < 38) {
            String name = "renamed-" + key + ".example";
            if (later) {
                saas.later().rename(id, name);
            } else {
                saas.tenants().rename(id, name);
            }
        } else if (choice < 58) {
            Upgrade upgrade = upgrade(random.nextInt(1_000_000));
            if (later) {
                saas.later().configure(id, upgrade);
            } else {
                saas.configuration().apply(id, upgrade);
            }
        } else if (choice < 64) {
            saas.tenants().suspend(id);
        } else if (choice < 72) {
            saas.tenants().resume(id);
        } else if (choice < 77) {
            saas.tenants().extend(id, Instant.parse("2040-01-01T00:00:00Z").plusSeconds(random.nextInt()), "tried");
        } else if (choice < 82) {
            int users = 10 + random.nextInt(100);
            saas.tenants().update(id, each -> each.toBuilder().maxUsers(users).build());
        } else if (choice < 85) {
            saas.tenants().delete(id);
        } else if (choice < 89) {
            template(random);
        } else {
            saas.maintenance().run();
        }
    }

    private void create(Random random, String key) {
        String plan = plans.get(random.nextInt(plans.size())).id().toString();
        String name = random.nextBoolean() ? "-" : "named-" + key + ".example";
        tell("INTENDS create " + key + ' ' + plan + ' ' + name);
        if (random.nextInt(4) == 0) {
            saas.later().create(Victim.creation(saas, key, plan, name));
        } else {
            made(
                    key,
                    saas.tenants()
                            .create(Victim.creation(saas, key, plan, name))
                            .tenant());
        }
    }

    private void made(String key, Tenant tenant) {
        tell("MADE " + key + ' ' + tenant.id());
    }

    /** Its parts can be told from each other later, and each of them says which configuration it was. */
    private static Upgrade upgrade(int number) {
        Upgrade.Builder upgrade = Upgrade.builder()
                .param("probe.first", Integer.toString(number))
                .hiddenParam("probe.second", Integer.toString(number))
                .limitRecords("probe.thing", number);
        if (number % 2 == 0) {
            upgrade.uninstall("probe");
        } else {
            upgrade.install("probe").grantOwner("probe.group_probe");
        }
        return upgrade.build();
    }

    /** The plan without a template gets one, or the other way round. */
    private void template(Random random) {
        Plan plan = saas.plans().get(plans.get(1).id());
        if (plan.templateId() == null) {
            saas.templates().build(plan.id(), random.nextBoolean() ? List.of("probe") : List.of());
        } else {
            saas.plans()
                    .update(plan.id(), each -> each.toBuilder().templateId(null).build());
        }
        List<Template> templates = saas.templates().list(Query.all());
        for (Template each : templates.subList(1, templates.size())) {
            if (!each.id().equals(saas.plans().get(plan.id()).templateId())) {
                saas.templates().delete(each.id());
                return;
            }
        }
    }
}
