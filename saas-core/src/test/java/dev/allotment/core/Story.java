// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AdoptTenant;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.CreatedTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
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
import dev.allotment.SignInLink;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One request of each kind that takes several steps. Tests interrupt it between any two of them. */
public enum Story {
    CREATE {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = fixture.plan(Plan.builder("One each").maxUsers(3).maxDatabasesPerCustomer(1));
            User owner = fixture.signUp("owner@example.com");
            CreateTenant wish =
                    CreateTenant.onPlan(plan).owner(owner).name("shop").build();
            return new Request(
                    saas -> saas.tenants()
                            .create(wish.toBuilder().idempotencyKey("key").build()),
                    saas -> {
                        CreatedTenant again = saas.tenants()
                                .create(wish.toBuilder().idempotencyKey("key").build());
                        assertThat(again.tenant().name()).isEqualTo("shop");
                        assertThat(again.tenant().state()).isEqualTo(TenantState.OPEN);
                        assertThat(again.tenant().usersCount()).isEqualTo(1);
                        letsIn(saas, "shop", again.signInLink());
                        assertRefusal(() -> saas.tenants()
                                        .create(wish.toBuilder().name("another").build()))
                                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
                    });
        }
    },
    CREATE_FROM_TEMPLATE {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = fixture.plan(Plan.builder("Ready made").dbNameTemplate("client-%i"));
            fixture.saas.templates().build(plan.id(), List.of("sale"));
            User owner = fixture.signUp("owner@example.com");
            CreateTenant wish =
                    CreateTenant.onPlan(plan).owner(owner).idempotencyKey("key").build();
            return new Request(saas -> saas.tenants().create(wish), saas -> {
                CreatedTenant again = saas.tenants().create(wish);
                letsIn(saas, again.tenant().name(), again.signInLink());
                assertThat(inside(saas, again.tenant()).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
                assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
            });
        }
    },
    CREATE_WHERE_THE_TEMPLATE_IS_MISSING {
        @Override
        public Request begin(Fixture fixture) {
            Server second =
                    fixture.saas.servers().create(Server.builder("second").build());
            Plan plan = fixture.plan(Plan.builder("Ready made"));
            fixture.saas.templates().build(plan.id(), List.of("sale"));
            fixture.saas
                    .plans()
                    .update(
                            plan.id(),
                            each -> each.toBuilder().serverId(second.id()).build());
            CreateTenant wish = CreateTenant.onPlan(plan)
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop")
                    .idempotencyKey("key")
                    .build();
            return new Request(saas -> saas.tenants().create(wish), saas -> {
                CreatedTenant again = saas.tenants().create(wish);
                letsIn(saas, "shop", again.signInLink());
                assertThat(again.tenant().serverId()).isEqualTo(second.id());
                assertThat(inside(saas, again.tenant()).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
                assertThat(Consistency.all(fixture.storage, RecordTypes.TEMPLATES))
                        .hasSize(2);
            });
        }
    },
    CREATE_OUTSIDE_PLANS {
        @Override
        public Request begin(Fixture fixture) {
            CreateTenant wish = CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                    .idempotencyKey("key")
                    .build();
            return new Request(saas -> saas.tenants().create(wish), saas -> {
                CreatedTenant again = saas.tenants().create(wish);
                assertThat(again.signInLink()).isNull();
                assertThat(inside(saas, again.tenant()).members().authenticate("boss", "secret", null))
                        .isPresent();
            });
        }
    },
    DUPLICATE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant source = fixture.tenant();
            fixture.saas
                    .configuration()
                    .apply(
                            source.id(),
                            ConfigurationChange.builder().install("sale").build());
            DuplicateTenant wish = DuplicateTenant.builder(source.id())
                    .name("copy")
                    .idempotencyKey("key")
                    .build();
            fixture.neutraliser = (copy, tx) -> {
                assertThat(fixture.storage.isOpen("copy"))
                        .as("the copy is closed to all callers")
                        .isFalse();
                tx.setParameter("mail.enabled", "False", true);
            };
            return new Request(saas -> saas.tenants().duplicate(wish), saas -> {
                CreatedTenant again = saas.tenants().duplicate(wish);
                letsIn(saas, "copy", again.signInLink());
                assertThat(inside(saas, again.tenant()).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
                assertThat(again.tenant().uuid()).isNotEqualTo(source.uuid());
                assertThat(inside(saas, again.tenant()).parameters().value("mail.enabled"))
                        .contains("False");
                assertThat(inside(saas, again.tenant()).parameters().value(Parameter.NEUTRALISED))
                        .contains("mail,addon:sale");
            });
        }
    },
    DUPLICATE_ELSEWHERE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant source = fixture.tenant();
            fixture.saas
                    .configuration()
                    .apply(
                            source.id(),
                            ConfigurationChange.builder().install("sale").build());
            Server second =
                    fixture.saas.servers().create(Server.builder("second").build());
            DuplicateTenant wish = DuplicateTenant.builder(source.id())
                    .name("copy")
                    .server(second.id())
                    .idempotencyKey("key")
                    .build();
            return new Request(saas -> saas.tenants().duplicate(wish), saas -> {
                CreatedTenant again = saas.tenants().duplicate(wish);
                letsIn(saas, "copy", again.signInLink());
                assertThat(again.tenant().serverId()).isEqualTo(second.id());
                assertThat(inside(saas, again.tenant()).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
                assertThat(inside(saas, again.tenant()).parameters().value(Parameter.NEUTRALISED))
                        .contains("mail,addon:sale");
            });
        }
    },
    CONFIGURE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            ConfigurationChange wish = ConfigurationChange.builder()
                    .install("sale")
                    .grantOwner("sale.group_seller")
                    .hiddenParameter(Parameter.MAX_USERS, "7")
                    .build();
            return new Request(saas -> saas.configuration().apply(tenant.id(), wish), saas -> {
                Tenant before = saas.tenants().get(tenant.id());
                boolean installed = inside(saas, before)
                        .groups()
                        .findByXmlId("sale.group_seller")
                        .isPresent();
                assertThat(before.maxUsers()).as("all or nothing").isEqualTo(installed ? 7 : 0);
                saas.configuration().apply(tenant.id(), wish);
                TenantDatabase inside = inside(saas, tenant);
                MemberId owner = inside.members().list(OWNER).get(0).id();
                assertThat(inside.members().groups(owner))
                        .extracting(Group::xmlId)
                        .contains("sale.group_seller");
                assertThat(saas.tenants().get(tenant.id()).maxUsers()).isEqualTo(7);
            });
        }
    },
    CONFIGURE_SUSPENDING {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            ConfigurationChange wish = ConfigurationChange.builder()
                    .hiddenParameter(Parameter.SUSPENDED, "1")
                    .build();
            return new Request(saas -> saas.configuration().apply(tenant.id(), wish), saas -> {
                saas.configuration().apply(tenant.id(), wish);
                assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
            });
        }
    },
    RENAME {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant("old");
            return new Request(saas -> saas.tenants().rename(tenant.id(), "new"), saas -> {
                saas.tenants().rename(tenant.id(), "new");
                assertThat(saas.tenants().findByName("new"))
                        .contains(saas.tenants().get(tenant.id()));
                assertThat(saas.tenants().findByName("old")).isEmpty();
            });
        }
    },
    MOVE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = onSecond(fixture);
            return new Request(
                    saas -> saas.tenants().move(tenant.id(), FIRST), saas -> isOnFirst(saas, tenant, TenantState.OPEN));
        }
    },
    MOVE_SUSPENDED {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.saas.tenants().suspend(onSecond(fixture).id());
            return new Request(
                    saas -> saas.tenants().move(tenant.id(), FIRST),
                    saas -> isOnFirst(saas, tenant, TenantState.SUSPENDED));
        }
    },
    MOVE_LIVE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            Server second =
                    fixture.saas.servers().create(Server.builder("second").build());
            fixture.storage.setSize(tenant.name(), 256L << 20);
            inside(fixture.saas, tenant).parameters().set("shop.terms", "30 days");
            return new Request(saas -> saas.tenants().move(tenant.id(), second.id()), saas -> {
                Tenant moved = saas.tenants().move(tenant.id(), second.id());
                assertThat(moved.serverId()).isEqualTo(second.id());
                assertThat(moved.state()).isEqualTo(TenantState.OPEN);
                assertThat(inside(saas, moved).parameters().value("shop.terms")).contains("30 days");
                assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_MOVED))))
                        .hasSize(1);
            });
        }
    },
    SUSPEND {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            return new Request(
                    saas -> saas.tenants().suspend(tenant.id()),
                    saas -> assertThat(saas.tenants().suspend(tenant.id()).state())
                            .isEqualTo(TenantState.SUSPENDED));
        }
    },
    RESUME {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            fixture.saas.tenants().suspend(tenant.id());
            return new Request(
                    saas -> saas.tenants().resume(tenant.id()),
                    saas -> assertThat(saas.tenants().resume(tenant.id()).state())
                            .isEqualTo(TenantState.OPEN));
        }
    },
    UPDATE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            Consumer<Saas> act = saas -> saas.tenants()
                    .update(
                            tenant.id(),
                            each -> each.toBuilder()
                                    .maxUsers(4)
                                    .storageLimitMb(100)
                                    .build());
            return new Request(act, act);
        }
    },
    SWITCH_PLAN {
        @Override
        public Request begin(Fixture fixture) {
            Plan smaller = fixture.plan(
                    Plan.builder("Smaller").entitlement("api", true).entitlement("projects", 1));
            Tenant tenant = fixture.saas
                    .tenants()
                    .create(CreateTenant.onPlan(smaller)
                            .owner(fixture.signUp("owner@example.com"))
                            .name("shop")
                            .build())
                    .tenant();
            Plan larger = fixture.plan(Plan.builder("Larger")
                    .maxUsers(8)
                    .maxDatabasesPerCustomer(1)
                    .entitlement("projects", 10)
                    .entitlement("reports", true));
            fixture.saas.templates().build(larger.id(), List.of("sale"));
            SwitchPlan wish = SwitchPlan.builder(tenant.id(), larger.id()).build();
            return new Request(saas -> saas.tenants().switchPlan(wish), saas -> {
                Tenant before = saas.tenants().get(tenant.id());
                boolean installed = inside(saas, before)
                        .groups()
                        .findByXmlId("sale.group_seller")
                        .isPresent();
                assertThat(before.planId().equals(larger.id()))
                        .as("all or nothing")
                        .isEqualTo(installed);
                assertThat(inside(saas, before).parameters().value(Parameter.ENTITLEMENT + "projects"))
                        .contains(installed ? "10" : "1");
                Tenant moved = saas.tenants().switchPlan(wish);
                assertThat(moved.planId()).isEqualTo(larger.id());
                assertThat(moved.planVersion()).isEqualTo(2);
                assertThat(moved.maxUsers()).isEqualTo(8);
                assertThat(moved.entitlements()).isEqualTo(larger.entitlements());
                assertThat(inside(saas, moved).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
            });
        }
    },
    DELETE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            return new Request(saas -> saas.tenants().delete(tenant.id()), saas -> {
                assertThat(saas.tenants().delete(tenant.id()).state()).isEqualTo(TenantState.DELETED);
                assertRefusal(() -> saas.tenants()
                                .create(CreateTenant.outsidePlans(tenant.name(), new Administrator("boss", "secret"))
                                        .build()))
                        .as("the name stays taken for a while")
                        .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
            });
        }
    },
    RETAIN {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = fixture.tenant();
            fixture.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
            return new Request(saas -> saas.tenants().delete(tenant.id()), saas -> {
                assertThat(saas.tenants().delete(tenant.id()).state()).isEqualTo(TenantState.RETAINED);
                assertThat(saas.tenants().restore(tenant.id()).state()).isEqualTo(TenantState.OPEN);
            });
        }
    },
    RESTORE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = retained(fixture);
            return new Request(saas -> saas.tenants().restore(tenant.id()), saas -> {
                if (saas.tenants().get(tenant.id()).state() == TenantState.RETAINED) {
                    saas.tenants().restore(tenant.id());
                }
                assertThat(saas.tenants().findByName(tenant.name())).isPresent();
                letsIn(saas, tenant.name(), saas.access().issue(tenant.id()));
            });
        }
    },
    REMOVE_RETAINED {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = retained(fixture);
            fixture.clock.advance(Duration.ofDays(7));
            return new Request(saas -> saas.maintenance().run(), saas -> {
                // A tenant that could not be checked is tried again after a minute.
                fixture.clock.advance(Duration.ofMinutes(1));
                saas.maintenance().run();
                assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.DELETED);
                assertThat(saas.tenants().proofOfDeletion(tenant.id())).isPresent();
                assertThat(saas.events().count(Filter.equal(Event.TYPE, EventType.TENANT_DELETED)))
                        .as("it is deleted once")
                        .isEqualTo(1);
            });
        }
    },
    DELETE_OUTSIDE_PLANS {
        @Override
        public Request begin(Fixture fixture) {
            CreateTenant wish = CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                    .build();
            Tenant tenant = fixture.saas.tenants().create(wish).tenant();
            return new Request(saas -> saas.tenants().delete(tenant.id()), saas -> {
                saas.tenants().delete(tenant.id());
                assertThat(saas.tenants().create(wish).tenant().state()).isEqualTo(TenantState.OPEN);
            });
        }
    },
    BUILD_TEMPLATE {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = fixture.plan();
            Consumer<Saas> act = saas -> saas.templates().build(plan.id(), List.of("sale"));
            return new Request(act, saas -> {
                act.accept(saas);
                User owner = fixture.signUp("owner@example.com");
                Tenant made = saas.tenants()
                        .create(CreateTenant.onPlan(plan).owner(owner).build())
                        .tenant();
                assertThat(inside(saas, made).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
            });
        }
    },
    DELETE_TEMPLATE {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = fixture.plan();
            Template template = fixture.saas.templates().build(plan.id(), List.of("sale"));
            fixture.saas
                    .plans()
                    .update(plan.id(), each -> each.toBuilder().templateId(null).build());
            return new Request(saas -> saas.templates().delete(template.id()), saas -> {
                try {
                    saas.templates().delete(template.id());
                } catch (SaasException gone) {
                    assertThat(gone.code()).isEqualTo(ErrorCodes.RECORD_MISSING);
                }
                assertThat(saas.templates().find(template.id())).isEmpty();
            });
        }
    },
    ADOPT {
        @Override
        public Request begin(Fixture fixture) {
            fixture.storage.putForeign("legacy");
            AdoptTenant wish = AdoptTenant.builder(
                            new ServerId(1), "legacy", fixture.plan().id())
                    .owner(fixture.signUp("owner@example.com").id())
                    .idempotencyKey("key")
                    .build();
            return new Request(saas -> saas.tenants().adopt(wish), saas -> {
                CreatedTenant again = saas.tenants().adopt(wish);
                assertThat(again.tenant().name()).isEqualTo("legacy");
                letsIn(saas, "legacy", again.signInLink());
            });
        }
    },
    ADOPT_TEMPLATE {
        @Override
        public Request begin(Fixture fixture) {
            fixture.storage.putForeign("legacy");
            Plan plan = fixture.plan();
            Consumer<Saas> act = saas -> saas.templates().adopt(plan.id(), new ServerId(1), "legacy", "key");
            return new Request(act, saas -> {
                act.accept(saas);
                User owner = fixture.signUp("owner@example.com");
                letsIn(
                        saas,
                        "shop",
                        saas.tenants()
                                .create(CreateTenant.onPlan(plan)
                                        .owner(owner)
                                        .name("shop")
                                        .build())
                                .signInLink());
            });
        }
    },
    CREATE_LATER {
        @Override
        public Request begin(Fixture fixture) {
            CreateTenant wish = CreateTenant.onPlan(fixture.plan())
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop")
                    .idempotencyKey("key")
                    .build();
            Consumer<Saas> act = saas -> {
                saas.async().create(wish);
                saas.maintenance().run();
            };
            return new Request(act, saas -> {
                act.accept(saas);
                Tenant made = saas.tenants().findByName("shop").orElseThrow();
                assertThat(made.state()).isEqualTo(TenantState.OPEN);
                letsIn(saas, "shop", saas.access().issue(made.id()));
            });
        }
    },
    CREATE_FROM_SPARE {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = stocked(fixture);
            tend(fixture.saas);
            CreateTenant wish = CreateTenant.onPlan(plan)
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop")
                    .idempotencyKey("key")
                    .build();
            return new Request(saas -> saas.tenants().create(wish), saas -> {
                CreatedTenant again = saas.tenants().create(wish);
                letsIn(saas, "shop", again.signInLink());
                assertThat(inside(saas, again.tenant()).groups().findByXmlId("sale.group_seller"))
                        .isPresent();
                tend(saas);
                assertThat(stock(fixture)).isEqualTo(1);
            });
        }
    },
    BUILD_SPARE {
        @Override
        public Request begin(Fixture fixture) {
            stocked(fixture);
            return new Request(saas -> saas.maintenance().run(), saas -> {
                tend(saas);
                assertThat(stock(fixture)).isEqualTo(1);
            });
        }
    },
    NEXT_GENERATION {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = stocked(fixture);
            tend(fixture.saas);
            fixture.saas
                    .plans()
                    .update(plan.id(), each -> each.toBuilder().lang("de_DE").build());
            return new Request(saas -> saas.maintenance().run(), saas -> {
                // A template that could not be built is not tried again at once.
                fixture.seconds(300);
                tend(saas);
                fixture.clock.advance(Duration.ofMinutes(10));
                tend(saas);
                assertThat(Consistency.all(fixture.storage, RecordTypes.TEMPLATES))
                        .singleElement()
                        .satisfies(template -> assertThat(template.lang()).isEqualTo("de_DE"));
                assertThat(stock(fixture)).isEqualTo(1);
            });
        }
    },
    DELETE_SPARE {
        @Override
        public Request begin(Fixture fixture) {
            Plan plan = stocked(fixture);
            tend(fixture.saas);
            fixture.saas
                    .plans()
                    .update(plan.id(), each -> each.toBuilder().spares(0).build());
            return new Request(saas -> saas.maintenance().run(), saas -> {
                tend(saas);
                assertThat(stock(fixture)).isZero();
            });
        }
    },
    EXPIRE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant trial = trial(fixture);
            fixture.clock.advance(Duration.ofHours(24));
            return new Request(saas -> saas.maintenance().run(), saas -> {
                fixture.clock.advance(Duration.ofMinutes(1));
                saas.maintenance().run();
                assertThat(saas.tenants().get(trial.id()).suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);
            });
        }
    },
    EXPIRE_PREVIEW {
        @Override
        public Request begin(Fixture fixture) {
            Tenant source = fixture.tenant();
            DuplicateTenant wish = DuplicateTenant.builder(source.id())
                    .name("look")
                    .preview(24)
                    .build();
            Tenant preview = fixture.saas.tenants().duplicate(wish).tenant();
            fixture.clock.advance(Duration.ofHours(24));
            return new Request(saas -> saas.maintenance().run(), saas -> {
                fixture.clock.advance(Duration.ofMinutes(1));
                saas.maintenance().run();
                assertThat(saas.tenants().get(preview.id()).state()).isEqualTo(TenantState.DELETED);
                assertThat(saas.tenants().get(source.id()).state()).isEqualTo(TenantState.OPEN);
                assertThat(saas.events()
                                .count(Filter.and(
                                        Filter.equal(Event.TENANT_ID, preview.id()),
                                        Filter.equal(Event.TYPE, EventType.TENANT_DELETED))))
                        .isEqualTo(1);
                assertThat(saas.tenants().duplicate(wish).tenant().name()).isEqualTo("look");
            });
        }
    },
    BACK_UP {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 2);
            return new Request(saas -> saas.backups().create(tenant.id(), "key"), saas -> {
                Backup again = saas.backups().create(tenant.id(), "key");
                assertThat(saas.backups().create(tenant.id(), "key")).isEqualTo(again);
                // What a dead node has left in the store is not deleted at once.
                fixture.clock.advance(Duration.ofDays(2));
                saas.maintenance().run();
                List<Backup> kept = saas.backups().list(tenant.id());
                assertThat(kept).hasSize(2).startsWith(again);
                assertThat(fixture.backups.list(""))
                        .as("a manifest and its content for each backup, and the key")
                        .hasSize(5);
                for (Backup each : kept) {
                    CreatedTenant restored =
                            saas.backups().restore(restoring(tenant, each).build());
                    letsIn(saas, restored.tenant().name(), restored.signInLink());
                }
            });
        }
    },
    RESTORE_BACKUP {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 1);
            Backup backup = fixture.saas.backups().list(tenant.id()).get(0);
            RestoreBackup wish = restoring(tenant, backup).name("copy").build();
            fixture.neutraliser = (copy, tx) -> assertThat(fixture.storage.isOpen("copy"))
                    .as("the copy is closed to all callers")
                    .isFalse();
            return new Request(
                    saas -> saas.backups()
                            .restore(wish.toBuilder().idempotencyKey("key").build()),
                    saas -> {
                        CreatedTenant again = saas.backups()
                                .restore(wish.toBuilder().idempotencyKey("key").build());
                        letsIn(saas, "copy", again.signInLink());
                        assertThat(inside(saas, again.tenant()).groups().findByXmlId("sale.group_seller"))
                                .isPresent();
                        assertThat(again.tenant().uuid()).isNotEqualTo(tenant.uuid());
                        assertThat(inside(saas, again.tenant()).parameters().value(Parameter.NEUTRALISED))
                                .contains("mail,addon:sale");
                        assertThat(saas.backups().list(tenant.id())).containsExactly(backup);
                        assertThat(saas.backups().list(again.tenant().id())).isEmpty();
                    });
        }
    },
    RESTORE_IN_PLACE {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 1);
            Backup backup = fixture.saas.backups().list(tenant.id()).get(0);
            inside(fixture.saas, tenant).parameters().set("shop.setting", "later");
            return new Request(saas -> saas.backups().restoreInPlace(tenant.id(), backup.id(), "key"), saas -> {
                String setting =
                        inside(saas, tenant).parameters().value("shop.setting").orElse("");
                long kept = saas.backups().list(tenant.id()).size();
                assertThat(List.of(setting, kept))
                        .as("brought back, with a backup of the state before, or untouched")
                        .isIn(List.of("", 2L), List.of("later", 1L));
                Tenant again = saas.backups().restoreInPlace(tenant.id(), backup.id(), "key");
                assertThat(again.uuid()).isEqualTo(tenant.uuid());
                assertThat(inside(saas, again).parameters().value("shop.setting"))
                        .isEmpty();
                // What a dead node has left in the store is not deleted at once.
                fixture.clock.advance(Duration.ofDays(2));
                saas.maintenance().run();
                assertThat(saas.backups().list(tenant.id())).hasSize(2).endsWith(backup);
                assertThat(fixture.backups.list("")).hasSize(5);
            });
        }
    },
    SWAP {
        @Override
        public Request begin(Fixture fixture) {
            Tenant shop = fixture.tenant();
            Tenant copy = fixture.saas
                    .tenants()
                    .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build())
                    .tenant();
            inside(fixture.saas, shop).parameters().set("shop.setting", "now");
            inside(fixture.saas, copy).parameters().set("shop.setting", "then");
            SwapTenants wish = SwapTenants.builder(shop.id(), copy.id())
                    .neutralised(true)
                    .idempotencyKey("key")
                    .build();
            return new Request(saas -> saas.tenants().swap(wish), saas -> {
                assertThat(settings(saas, shop, copy))
                        .as("swapped, or untouched")
                        .isIn(List.of("then", "now"), List.of("now", "then"));
                Tenant again = saas.tenants().swap(wish);
                assertThat(settings(saas, shop, copy)).containsExactly("then", "now");
                assertThat(again)
                        .returns(shop.uuid(), Tenant::uuid)
                        .returns(shop.name(), Tenant::name)
                        .returns(TenantState.OPEN, Tenant::state);
                assertThat(saas.tenants().get(copy.id()))
                        .returns(copy.uuid(), Tenant::uuid)
                        .returns(copy.name(), Tenant::name)
                        .returns(List.of(SuspensionSchedule.SWAPPED), Tenant::suspendedFor);
                assertThat(fixture.storage.isOpen(shop.name())).isTrue();
                assertThat(fixture.storage.isOpen(copy.name())).isFalse();
                letsIn(saas, shop.name(), saas.access().issue(shop.id()));
            });
        }

        private List<String> settings(Saas saas, Tenant... tenants) {
            return Stream.of(tenants)
                    .map(each -> inside(saas, each)
                            .parameters()
                            .value("shop.setting")
                            .orElse(""))
                    .toList();
        }
    },
    CONFIGURE_AFTER_A_BACKUP {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 1);
            fixture.backupBeforeChanges = true;
            ConfigurationChange change =
                    ConfigurationChange.builder().update("sale").build();
            return new Request(saas -> saas.configuration().apply(tenant.id(), change), saas -> {
                saas.configuration().apply(tenant.id(), change);
                // What a dead node has left in the store is not deleted at once.
                fixture.clock.advance(Duration.ofDays(2));
                saas.maintenance().run();
                List<Backup> made = saas.backups().list(tenant.id());
                assertThat(fixture.backups.list(""))
                        .as("a manifest and its content for each backup, and the key")
                        .hasSize(1 + 2 * made.size());
                for (Backup each : made) {
                    saas.backups().restoreInPlace(tenant.id(), each.id(), null);
                }
            });
        }
    },
    DELETE_BACKUP {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 2);
            List<Backup> both = fixture.saas.backups().list(tenant.id());
            Consumer<Saas> act =
                    saas -> saas.backups().delete(tenant.id(), both.get(0).id());
            return new Request(act, saas -> {
                act.accept(saas);
                fixture.clock.advance(Duration.ofDays(2));
                saas.maintenance().run();
                assertThat(saas.backups().list(tenant.id())).containsExactly(both.get(1));
                assertThat(fixture.backups.list("")).hasSize(3);
            });
        }
    },
    ENCRYPT_BACKUP_KEY {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 1);
            Backup backup = fixture.saas.backups().list(tenant.id()).get(0);
            fixture.secrets = List.of("another secret key for tests", "a secret key for tests");
            Consumer<Saas> act = saas -> saas.backups().rotateBackupKeys();
            return new Request(act, saas -> {
                assertThat(saas.backups().rotateBackupKeys().left()).isZero();
                fixture.secrets = List.of("another secret key for tests");
                assertThat(fixture.backups.list(""))
                        .as("a manifest and its content, and one key")
                        .hasSize(3);
                assertThat(saas.backups().list(tenant.id())).containsExactly(backup);
                saas.backups().restore(restoring(tenant, backup).build());
            });
        }
    },
    DRILL_BACKUP {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 1);
            Consumer<Saas> act = saas -> saas.backups().drill(tenant.id(), null);
            return new Request(act, saas -> {
                act.accept(saas);
                assertThat(saas.backups().drills().succeededAt()).isNotNull();
                assertThat(saas.backups().list(tenant.id())).hasSize(1);
            });
        }
    },
    PURGE_WITH_BACKUPS {
        @Override
        public Request begin(Fixture fixture) {
            Tenant tenant = backedUp(fixture, 1);
            return new Request(saas -> saas.tenants().purge(tenant.id()), saas -> {
                assertThat(saas.tenants().purge(tenant.id()).state()).isEqualTo(TenantState.DELETED);
                assertThat(fixture.backups.list("")).isEmpty();
            });
        }
    },
    ERASE_CUSTOMER {
        @Override
        public Request begin(Fixture fixture) {
            Tenant shop = fixture.tenant();
            CustomerId customer = Objects.requireNonNull(shop.customerId());
            return new Request(saas -> saas.erasures().erase(customer), saas -> {
                saas.erasures().erase(customer);
                assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.DELETED);
                assertThat(Traces.of(fixture.storage, "shop", "owner@")).isEmpty();
                assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CUSTOMER_ERASED))))
                        .singleElement()
                        .satisfies(event -> assertThat(event.details())
                                .containsEntry("customer", customer.toString())
                                .containsEntry("accounts", "1")
                                .containsEntry("tenants", "1"));
            });
        }
    },
    REMOVE_EXPIRED {
        @Override
        public Request begin(Fixture fixture) {
            Tenant trial = trial(fixture);
            fixture.saas.parameters().set(MainParameters.DELETE_TRIALS_AFTER, "3");
            fixture.clock.advance(Duration.ofDays(1));
            fixture.saas.maintenance().run();
            fixture.clock.advance(Duration.ofDays(3));
            return new Request(saas -> saas.maintenance().run(), saas -> {
                // A tenant that could not be checked is tried again after a minute.
                fixture.clock.advance(Duration.ofMinutes(1));
                saas.maintenance().run();
                assertThat(saas.tenants().get(trial.id()).state()).isEqualTo(TenantState.DELETED);
            });
        }
    };

    private static final ServerId FIRST = new ServerId(1);

    private static final Query<Member> OWNER = Query.where(Filter.equal(Member.OWNER, true));

    /**
     * A request that is ready to be sent.
     *
     * @param repeat makes the same request again, regardless of the result of the first, and checks the result
     */
    public record Request(Consumer<Saas> act, Consumer<Saas> repeat) {}

    public abstract Request begin(Fixture fixture);

    /**
     * Returns one story for each way in which an operation can finish, for tests that interrupt each story in several
     * ways. Returns all stories, which takes a minute, if the system property {@code allotment.exhaustive} is true.
     */
    public static Set<Story> some() {
        return Boolean.getBoolean("allotment.exhaustive")
                ? EnumSet.allOf(Story.class)
                : EnumSet.of(CREATE_FROM_SPARE, CONFIGURE_SUSPENDING, RENAME, SWITCH_PLAN, RESTORE);
    }

    /** Returns a fixture with the add-on that the stories install. */
    public static Fixture fixture() {
        return new Fixture(TestAddon.of("sale")
                .group("group_seller")
                .script("1.0", "create table sale_order (id int)")
                .neutralise("update sale_settings set payment = 'test'"));
    }

    private static Plan stocked(Fixture fixture) {
        Plan plan = fixture.plan(Plan.builder("Stocked").spares(1));
        fixture.saas.templates().build(plan.id(), List.of("sale"));
        return plan;
    }

    /** Runs the maintenance until nothing is due. */
    private static void tend(Saas saas) {
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
    }

    private static long stock(Fixture fixture) {
        return Consistency.all(fixture.storage, RecordTypes.SPARES).size();
    }

    private static Tenant trial(Fixture fixture) {
        Plan plan = fixture.plan(Plan.builder("Trial").trialHours(24));
        return fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@example.com"))
                        .name("trial")
                        .trial(true)
                        .build())
                .tenant();
    }

    /** A tenant with an add-on and a number of backups. */
    private static Tenant backedUp(Fixture fixture, int backups) {
        Tenant tenant = fixture.tenant();
        fixture.saas
                .configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().install("sale").build());
        for (int i = 0; i < backups; i++) {
            fixture.clock.advance(Duration.ofHours(1));
            fixture.saas.backups().create(tenant.id(), null);
        }
        fixture.clock.advance(Duration.ofHours(1));
        return tenant;
    }

    private static RestoreBackup.Builder restoring(Tenant tenant, Backup backup) {
        return RestoreBackup.builder(tenant.id(), backup.id());
    }

    /** A tenant with an add-on on another server than the first. */
    private static Tenant onSecond(Fixture fixture) {
        Server second = fixture.saas.servers().create(Server.builder("second").build());
        Plan plan = fixture.plan(Plan.builder("There").serverId(second.id()));
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@example.com"))
                        .name("shop")
                        .build())
                .tenant();
        fixture.saas
                .configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().install("sale").build());
        return fixture.saas.tenants().get(tenant.id());
    }

    private static void isOnFirst(Saas saas, Tenant before, TenantState state) {
        Tenant moved = saas.tenants().move(before.id(), FIRST);
        assertThat(moved.serverId()).isEqualTo(FIRST);
        assertThat(moved.state()).isEqualTo(state);
        assertThat(moved.uuid()).isEqualTo(before.uuid());
        assertThat(inside(saas, moved).groups().findByXmlId("sale.group_seller"))
                .isPresent();
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_MOVED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("from", "second")
                        .containsEntry("to", Server.DEFAULT_NAME));
    }

    private static Tenant retained(Fixture fixture) {
        Tenant tenant = fixture.tenant();
        fixture.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        return fixture.saas.tenants().delete(tenant.id());
    }

    public static void letsIn(Saas saas, String database, SignInLink entry) {
        assertThat(saas.access().redeem(database, Objects.requireNonNull(entry).token()))
                .isPresent();
    }

    public static TenantDatabase inside(Saas saas, Tenant tenant) {
        return saas.database(tenant.name());
    }
}
