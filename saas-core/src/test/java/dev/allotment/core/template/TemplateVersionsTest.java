// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.template;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AddonStatus;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TemplateVersionsTest {
    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final Saas saas = fixture.saas;
    private final Plan plan =
            fixture.plan(Plan.builder("Stocked").dbNameTemplate("client-%i").spares(2));
    private final Template first = saas.templates().build(plan.id(), List.of("sale"));
    private final User owner = fixture.signUp("owner@example.com");

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private void change(UnaryOperator<Plan.Builder> change) {
        saas.plans().update(plan.id(), each -> change.apply(each.toBuilder()).build());
    }

    private void runMaintenance() {
        for (int i = 0; saas.maintenance().run() > 0; i++) {
            assertThat(i).as("the maintenance finishes").isLessThan(10);
        }
    }

    private Template current() {
        return saas.templates()
                .get(Objects.requireNonNull(saas.plans().get(plan.id()).templateId()));
    }

    private Tenant create() {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
    }

    @Test
    void isNotRebuiltIfNothingChanged() {
        change(each -> each.maxUsers(5).name("Other").sequence(3));
        runMaintenance();
        assertThat(current()).isEqualTo(first);
        assertThat(first.version()).isEqualTo(1);
        assertThat(first.versions()).containsExactly("1.0");
        assertThat(first.hash()).hasSize(64);
    }

    @Test
    void getsANewVersionForThePlanAndLeavesExistingDatabasesAlone() {
        Tenant old = create();
        change(each -> each.lang("de_DE").tz("Europe/Berlin"));
        runMaintenance();

        Template next = current();
        assertThat(next.family()).isEqualTo(first.family());
        assertThat(next.version()).isEqualTo(2);
        assertThat(next.hash()).isNotEqualTo(first.hash());
        assertThat(next.lang()).isEqualTo("de_DE");
        assertThat(create().lang()).isEqualTo("de_DE");
        assertThat(saas.tenants().get(old.id()).lang()).isEqualTo("en_US");
    }

    @Test
    void isRebuiltWithANewerAddonVersion() {
        runMaintenance();
        fixture.addons.set(
                0,
                TestAddon.of("sale", "1.1")
                        .script("1.0", "create table sale_order (id int)")
                        .script("1.1", "alter table sale_order add note text"));
        Tenant database = create();
        saas.database(database.name()).addons().refresh();
        runMaintenance();

        assertThat(current().versions()).containsExactly("1.1");
        assertThat(fixture.storage.scripts(create().name()))
                .containsExactly("create table sale_order (id int)", "alter table sale_order add note text");
    }

    @Test
    void aTenantOfAnOlderVersionOrSpareGetsNewerAddonsBeforeItIsOpened() {
        Tenant database = create();
        runMaintenance();
        fixture.addons.set(
                0,
                TestAddon.of("sale", "1.1")
                        .script("1.0", "create table sale_order (id int)")
                        .script("1.1", "alter table sale_order add note text"));
        saas.database(database.name()).addons().refresh();

        for (Tenant each : List.of(create(), create(), create())) {
            assertThat(fixture.storage.scripts(each.name()))
                    .describedAs("two are made of spares, and one of the template")
                    .containsExactly("create table sale_order (id int)", "alter table sale_order add note text");
            assertThat(saas.database(each.name()).addons().list(Query.all()))
                    .filteredOn(addon -> addon.name().equals("sale"))
                    .extracting(AddonStatus::installedVersion)
                    .containsExactly("1.1");
        }
        assertThat(current()).isEqualTo(first);
    }

    @Test
    void isLeftAloneByANodeWithOlderAddons() {
        Saas older = fixture.builder(fixture.storage).node("node-b").open();
        fixture.addons.set(0, TestAddon.of("sale", "1.1").script("1.1", "create table sale_order (id int, note text)"));
        Tenant database = create();
        saas.database(database.name()).addons().refresh();
        runMaintenance();
        Template newer = current();
        assertThat(newer.versions()).containsExactly("1.1");

        older.maintenance().run();
        fixture.addons.clear();
        fixture.builder(fixture.storage).node("node-c").open().maintenance().run();

        assertThat(current()).isEqualTo(newer);
    }

    @Test
    void replacesItsSpares() {
        runMaintenance();
        List<Spare> before = Consistency.all(fixture.storage, RecordTypes.SPARES);
        assertThat(before).hasSize(2).allMatch(spare -> spare.templateId().equals(first.id()));
        change(each -> each.demo(true));
        runMaintenance();

        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES))
                .hasSize(2)
                .allMatch(spare -> spare.templateId().equals(current().id()));
    }

    @Test
    void isRemovedLaterWhenNoPlanOrCopyNeedsIt() {
        change(each -> each.demo(true));
        runMaintenance();
        assertThat(saas.templates().find(first.id())).isPresent();

        fixture.clock.advance(Duration.ofMinutes(10));
        runMaintenance();
        assertThat(saas.templates().find(first.id())).isEmpty();
        assertThat(saas.templates().list(Query.all())).containsExactly(current());
    }

    @Test
    void staysWhileAnotherPlanUsesIt() {
        Plan other = fixture.plan(Plan.builder("Other").templateId(first.id()));
        change(each -> each.lang("de_DE"));
        runMaintenance();
        fixture.clock.advance(Duration.ofMinutes(10));
        runMaintenance();

        assertThat(saas.plans().get(other.id()).templateId()).isEqualTo(first.id());
        assertThat(saas.templates().find(first.id())).isPresent();
        assertThat(current().version()).isEqualTo(2);
    }

    @Test
    void doesNotOverrideATemplateThatAnAdministratorSetMeanwhile() {
        Template chosen =
                saas.templates().build(fixture.plan(Plan.builder("Other")).id(), List.of());
        change(each -> each.spares(0).lang("de_DE"));
        fixture.backend.once("before create", () -> change(each -> each.templateId(chosen.id())));
        runMaintenance();
        fixture.backend.unwatch();
        assertThat(saas.templates().list(Query.where(Filter.equal(Template.FAMILY, first.family()))))
                .as("the next template version has been built")
                .extracting(Template::version)
                .contains(2);
        assertThat(current().family()).isEqualTo(chosen.family());

        change(each -> each.templateId(first.id()).tz("Europe/Berlin"));
        fixture.backend.once("before create", () -> change(each -> each.templateId(null)));
        runMaintenance();
        assertThat(saas.plans().get(plan.id()).templateId()).isNull();
    }

    @Test
    void staysInUseIfItsNewVersionFailsAndIsRetriedLater() {
        fixture.addons.set(0, TestAddon.of("sale", "1.1").script("1.1", "fail"));
        Tenant database = create();
        saas.database(database.name()).addons().refresh();
        assertThat(saas.maintenance().run()).isPositive();
        long operations = saas.operations().count(Filter.all());
        runMaintenance();
        assertThat(current()).isEqualTo(first);
        assertThat(create().state().live()).isTrue();
        assertThat(saas.operations()
                        .count(Filter.and(
                                Filter.equal(Operation.KIND, OperationKind.BUILD_TEMPLATE),
                                Filter.equal(Operation.ERROR_CODE, ErrorCodes.ADDON_FAILED))))
                .isEqualTo(1);
        assertThat(operations).isPositive();

        fixture.addons.set(0, TestAddon.of("sale", "1.2").script("1.2", "create table y"));
        saas.database(database.name()).addons().refresh();
        fixture.seconds(300);
        runMaintenance();
        assertThat(current().versions()).containsExactly("1.2");
    }

    @Test
    void keepsAsManySparesAsWereNeededLately() {
        change(each -> each.spares(4));
        runMaintenance();
        assertThat(stock()).as("the demand is not known yet").isEqualTo(4);
        for (int i = 0; i < 3; i++) {
            create();
        }
        fixture.clock.advance(Duration.ofDays(2));
        runMaintenance();
        assertThat(stock()).as("one spare is ready for the next tenant").isEqualTo(1);
        create();
        runMaintenance();
        assertThat(stock()).as("one within the hour, and one").isEqualTo(2);
        for (int i = 0; i < 6; i++) {
            create();
        }
        runMaintenance();
        assertThat(stock()).as("what the plan allows").isEqualTo(4);
        assertThat(saas.templates().spares().targets())
                .containsExactly(new WarmPoolStatistics.Target(first.id(), null, 4, 4));
        create();
        AtomicInteger transactions = new AtomicInteger();
        fixture.backend.watch(step -> transactions.addAndGet(step.equals("before catalog") ? 1 : 0));
        assertThat(saas.templates().spares().targets())
                .containsExactly(new WarmPoolStatistics.Target(first.id(), null, 4, 3));
        fixture.backend.unwatch();
        assertThat(transactions.get())
                .as("the demand of plans is not read again")
                .isEqualTo(2);
        change(each -> each.spares(1));
        runMaintenance();
        assertThat(stock()).isEqualTo(1);

        assertThat(saas.templates().spares().claimed()).isEqualTo(7);
        assertThat(saas.templates().spares().missed()).isEqualTo(4);
        assertThat(saas.templates().spares().stock()).singleElement().satisfies(each -> {
            assertThat(each.template()).isEqualTo(first.id());
            assertThat(each.ready()).isEqualTo(1);
            assertThat(each.unfinished()).isZero();
        });
    }

    private long stock() {
        return Consistency.all(fixture.storage, RecordTypes.SPARES).size();
    }

    @Test
    void keepsItsDatabaseAndSparesClosed() {
        runMaintenance();
        for (Spare spare : Consistency.all(fixture.storage, RecordTypes.SPARES)) {
            assertThat(fixture.storage.isOpen(spare.name())).isFalse();
            assertRefusal(() -> saas.database(spare.name())).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        }
        assertThat(fixture.storage.isOpen(first.name())).isFalse();
        assertThat(first.state()).isEqualTo(TemplateState.READY);
    }
}
