// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.AdoptTenant;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.SwitchPlan;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.fleet.Server;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One operation of each kind that changes a database server. */
enum LifeStep {
    CREATE_FROM_SPARE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            return () -> create(saas, Victim.FROM_TEMPLATE, "shop");
        }
    },
    CREATE_FROM_TEMPLATE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            create(saas, Victim.FROM_TEMPLATE, null);
            return () -> create(saas, Victim.FROM_TEMPLATE, null);
        }
    },
    CREATE_EMPTY {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            return () -> create(saas, Victim.EMPTY, null);
        }
    },
    RENAME {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "old");
            return () -> saas.tenants().rename(tenant, "new");
        }
    },
    RENAME_AND_BACK {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "old");
            return () -> {
                saas.tenants().rename(tenant, "new");
                create(saas, Victim.FROM_TEMPLATE, "other");
                saas.tenants().rename(tenant, "old");
            };
        }
    },
    CONFIGURE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            return () -> saas.configuration()
                    .apply(
                            tenant,
                            ConfigurationChange.builder()
                                    .install("probe")
                                    .hiddenParameter(Parameter.MAX_USERS, "7")
                                    .build());
        }
    },
    SUSPEND_AND_RESUME {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            return () -> {
                saas.tenants().suspend(tenant);
                saas.tenants().resume(tenant);
            };
        }
    },
    SWITCH_PLAN {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            PlanId other = plan(saas, Victim.FROM_TEMPLATE);
            return () ->
                    saas.tenants().switchPlan(SwitchPlan.builder(tenant, other).build());
        }
    },
    RETAIN_AND_RESTORE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            saas.parameters().set(Parameter.RETENTION_DAYS, "7");
            return () -> {
                saas.tenants().delete(tenant);
                saas.tenants().restore(tenant);
            };
        }
    },
    DELETE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            saas.parameters().set(Parameter.RETENTION_DAYS, "0");
            return () -> saas.tenants().delete(tenant);
        }
    },
    PURGE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            saas.parameters().set(Parameter.RETENTION_DAYS, "7");
            saas.tenants().delete(tenant);
            return () -> saas.tenants().purge(tenant);
        }
    },
    DUPLICATE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId source = create(saas, Victim.FROM_TEMPLATE, "shop");
            return () -> saas.tenants()
                    .duplicate(DuplicateTenant.builder(source).name("copy").build());
        }
    },
    DUPLICATE_TO_ANOTHER_SERVER {
        @Override
        boolean needsSecondServer() {
            return true;
        }

        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId source = create(saas, Victim.EMPTY, "shop");
            ServerId server = second(saas, grounds);
            return () -> saas.tenants()
                    .duplicate(DuplicateTenant.builder(source)
                            .name("copy")
                            .server(server)
                            .build());
        }
    },
    MOVE_TO_ANOTHER_SERVER {
        @Override
        boolean needsSecondServer() {
            return true;
        }

        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            TenantId tenant = create(saas, Victim.EMPTY, "shop");
            ServerId server = second(saas, grounds);
            return () -> saas.tenants().move(tenant, server);
        }
    },
    BUILD_TEMPLATE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            PlanId plan = plan(saas, Victim.EMPTY);
            return () -> {
                saas.templates().build(plan, List.of("probe"));
                create(saas, Victim.EMPTY, "shop");
            };
        }
    },
    DELETE_TEMPLATE {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            PlanId plan = plan(saas, Victim.EMPTY);
            Template template = saas.templates().build(plan, List.of());
            create(saas, Victim.EMPTY, "shop");
            saas.plans().update(plan, each -> each.toBuilder().templateId(null).build());
            return () -> saas.templates().delete(template.id());
        }
    },
    BUILD_AND_CLAIM_SPARES {
        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) {
            create(saas, Victim.FROM_TEMPLATE, null);
            return () -> {
                saas.maintenance().run();
                create(saas, Victim.FROM_TEMPLATE, null);
                saas.maintenance().run();
            };
        }
    },
    ADOPT {
        @Override
        boolean isPossible(Ground ground) {
            return ground.shared();
        }

        @Override
        Runnable prepare(Saas saas, List<Ground> grounds) throws Exception {
            grounds.get(0).putForeign("legacy");
            AdoptTenant adoption = AdoptTenant.builder(new ServerId(1), "legacy", plan(saas, Victim.EMPTY))
                    .owner(Victim.owner(saas).id())
                    .build();
            return () -> saas.tenants().adopt(adoption);
        }
    };

    boolean isPossible(Ground ground) {
        return true;
    }

    boolean needsSecondServer() {
        return false;
    }

    /** Creates what the operation needs, and returns the operation. */
    abstract Runnable prepare(Saas saas, List<Ground> grounds) throws Exception;

    private static ServerId second(Saas saas, List<Ground> grounds) {
        Ground second = grounds.get(1);
        return saas.servers()
                .create(Server.builder(second.server())
                        .backend(second.backend())
                        .settings(second.settings())
                        .build())
                .id();
    }

    private static TenantId create(Saas saas, String plan, @Nullable String name) {
        Tenant made = saas.tenants()
                .create(CreateTenant.onPlan(plan(saas, plan))
                        .owner(Victim.owner(saas))
                        .name(name)
                        .build())
                .tenant();
        return made.id();
    }

    private static PlanId plan(Saas saas, String name) {
        return saas.plans().list(Query.all()).stream()
                .filter(plan -> plan.name().equals(name))
                .map(Plan::id)
                .findFirst()
                .orElseThrow();
    }
}
