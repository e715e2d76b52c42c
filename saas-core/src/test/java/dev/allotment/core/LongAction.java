// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AdoptTenant;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Operation;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.SwitchPlan;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Server;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/** Each action that can be started without waiting for it. */
public enum LongAction {
    CREATE {
        @Override
        public Request prepare(Fixture fixture) {
            CreateTenant wish = CreateTenant.onPlan(
                            fixture.plan(Plan.builder("One each").maxDatabasesPerCustomer(1)))
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop")
                    .build();
            return new Request(
                    saas -> saas.async().create(wish), saas -> open(saas, "shop"), saas -> gone(saas, "shop"));
        }
    },
    ADOPT {
        @Override
        public Request prepare(Fixture fixture) {
            fixture.storage.putForeign("legacy");
            AdoptTenant wish = AdoptTenant.builder(
                            new ServerId(1), "legacy", fixture.plan().id())
                    .owner(fixture.signUp("owner@example.com").id())
                    .build();
            return new Request(
                    saas -> saas.async().adopt(wish), saas -> open(saas, "legacy"), saas -> gone(saas, "legacy"));
        }
    },
    DUPLICATE {
        @Override
        public Request prepare(Fixture fixture) {
            DuplicateTenant wish =
                    DuplicateTenant.builder(fixture.tenant().id()).name("copy").build();
            return new Request(
                    saas -> saas.async().duplicate(wish), saas -> open(saas, "copy"), saas -> gone(saas, "copy"));
        }
    },
    DUPLICATE_ELSEWHERE {
        @Override
        public Request prepare(Fixture fixture) {
            Server second =
                    fixture.saas.servers().create(Server.builder("second").build());
            DuplicateTenant wish = DuplicateTenant.builder(fixture.tenant().id())
                    .name("copy")
                    .server(second.id())
                    .build();
            return new Request(
                    saas -> saas.async().duplicate(wish),
                    saas -> {
                        open(saas, "copy");
                        assertThat(saas.tenants()
                                        .findByName("copy")
                                        .orElseThrow()
                                        .serverId())
                                .isEqualTo(second.id());
                    },
                    saas -> gone(saas, "copy"));
        }
    },
    EXPORT {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant("shop");
            return new Request(
                    saas -> saas.async().prepareExport(tenant.id(), null),
                    saas -> assertThat(saas.exports().prepared(tenant.id())).isPresent(),
                    saas -> assertThat(saas.exports().prepared(tenant.id())).isEmpty());
        }
    },
    RENAME {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant("old");
            return new Request(saas -> saas.async().rename(tenant.id(), "new"), saas -> open(saas, "new"), saas -> {
                gone(saas, "new");
                open(saas, "old");
            });
        }
    },
    MOVE {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant("shop");
            Server second =
                    fixture.saas.servers().create(Server.builder("second").build());
            return new Request(
                    saas -> saas.async().move(tenant.id(), second.id()),
                    saas -> {
                        open(saas, "shop");
                        assertThat(saas.tenants().get(tenant.id()).serverId()).isEqualTo(second.id());
                    },
                    saas -> {
                        open(saas, "shop");
                        assertThat(saas.tenants().get(tenant.id())).isEqualTo(tenant);
                    });
        }
    },
    SWITCH_PLAN {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            Plan larger = fixture.plan(Plan.builder("Larger").maxUsers(8));
            fixture.saas.templates().build(larger.id(), List.of("sale"));
            return new Request(
                    saas -> saas.async()
                            .switchPlan(
                                    SwitchPlan.builder(tenant.id(), larger.id()).build()),
                    saas -> {
                        Tenant moved = saas.tenants().get(tenant.id());
                        assertThat(moved.planId()).isEqualTo(larger.id());
                        assertThat(moved.maxUsers()).isEqualTo(8);
                        assertThat(hasSale(saas, moved)).isTrue();
                    },
                    saas -> {
                        Tenant stayed = saas.tenants().get(tenant.id());
                        assertThat(stayed).isEqualTo(tenant);
                        assertThat(hasSale(saas, stayed)).isFalse();
                    });
        }
    },
    DELETE {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            fixture.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
            return new Request(
                    saas -> saas.async().delete(tenant.id()),
                    saas -> assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.RETAINED),
                    saas -> open(saas, tenant.name()));
        }
    },
    PURGE {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            return new Request(
                    saas -> saas.async().purge(tenant.id()),
                    saas -> assertThat(saas.tenants().proofOfDeletion(tenant.id()))
                            .isPresent(),
                    saas -> open(saas, tenant.name()));
        }
    },
    RESTORE {
        @Override
        public Request prepare(Fixture fixture) {
            fixture.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
            Tenant tenant = fixture.saas.tenants().delete(fixture.tenant().id());
            return new Request(
                    saas -> saas.async().restore(tenant.id()),
                    saas -> open(saas, tenant.name()),
                    saas -> assertThat(saas.tenants().get(tenant.id())).isEqualTo(tenant));
        }
    },
    CONFIGURE {
        @Override
        public Request prepare(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            fixture.saas
                    .configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .recordQuota("res.partner", 9)
                                    .build());
            ConfigurationChange wish = ConfigurationChange.builder()
                    .refreshAddons()
                    .install("sale")
                    .grantOwner("sale.group_seller")
                    .parameter("shop.terms", "first\tline\\\nsecond\r\\n")
                    .hiddenParameter(Parameter.MAX_USERS, "7")
                    .removeRecordQuotas("res.partner")
                    .recordQuota("sale.order", 3, "[('state', '=', 'draft')]")
                    .build();
            return new Request(
                    saas -> saas.async().configure(tenant.id(), wish),
                    saas -> {
                        assertThat(saas.tenants().get(tenant.id()).maxUsers()).isEqualTo(7);
                        assertThat(hasSale(saas, tenant)).isTrue();
                        assertThat(Story.inside(saas, tenant).parameters().value("shop.terms"))
                                .contains("first\tline\\\nsecond\r\\n");
                        assertThat(Story.inside(saas, tenant).recordQuotas().list(Query.all()))
                                .singleElement()
                                .satisfies(limit -> {
                                    assertThat(limit.maxRecords()).isEqualTo(3);
                                    assertThat(limit.domain()).isEqualTo("[('state', '=', 'draft')]");
                                });
                    },
                    saas -> {
                        assertThat(saas.tenants().get(tenant.id())).isEqualTo(tenant);
                        assertThat(hasSale(saas, tenant)).isFalse();
                    });
        }
    },
    BUILD_TEMPLATE {
        @Override
        public Request prepare(Fixture fixture) {
            Plan plan = fixture.plan();
            return new Request(
                    saas -> saas.async().buildTemplate(plan.id(), List.of("sale"), null),
                    saas -> ready(saas, plan),
                    saas -> withoutTemplate(saas, plan));
        }
    },
    ADOPT_TEMPLATE {
        @Override
        public Request prepare(Fixture fixture) {
            fixture.storage.putForeign("legacy");
            Plan plan = fixture.plan();
            return new Request(
                    saas -> saas.async().adoptTemplate(plan.id(), new ServerId(1), "legacy", null),
                    saas -> ready(saas, plan),
                    saas -> withoutTemplate(saas, plan));
        }
    };

    /**
     * A request that is ready to be sent.
     *
     * @param done checks the result of the action
     * @param undone checks that the action had no effect
     */
    public record Request(Function<Saas, Operation> begin, Consumer<Saas> done, Consumer<Saas> undone) {}

    public abstract Request prepare(Fixture fixture);

    private static void open(Saas saas, String name) {
        Tenant tenant = saas.tenants().findByName(name).orElseThrow();
        assertThat(tenant.state()).isEqualTo(TenantState.OPEN);
        Story.letsIn(saas, name, saas.access().issue(tenant.id()));
    }

    private static void gone(Saas saas, String name) {
        assertThat(saas.tenants().findByName(name)).isEmpty();
    }

    private static boolean hasSale(Saas saas, Tenant tenant) {
        return Story.inside(saas, tenant)
                .groups()
                .findByXmlId("sale.group_seller")
                .isPresent();
    }

    private static void ready(Saas saas, Plan plan) {
        assertThat(saas.templates()
                        .get(Objects.requireNonNull(saas.plans().get(plan.id()).templateId()))
                        .state())
                .isEqualTo(TemplateState.READY);
        saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(Fixture.ADMINISTRATOR)
                        .name("made")
                        .build());
    }

    private static void withoutTemplate(Saas saas, Plan plan) {
        assertThat(saas.templates().list(Query.all())).isEmpty();
        assertThat(saas.plans().get(plan.id()).templateId()).isNull();
    }
}
