// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.template;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.AddonStatus;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.core.TestAddon;
import dev.allotment.core.internal.record.DatabaseRefs;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TemplatesTest {
    private final Fixture fixture = new Fixture(
            TestAddon.of("stock").script("1.0", "create table stock_move (id int)"),
            TestAddon.of("sale")
                    .needs("stock")
                    .group("group_seller", true)
                    .script("1.0", "create table sale_order (id int)"),
            TestAddon.of("broken").script("1.0", "fail here"));
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan(Plan.builder("Ready made")
            .dbNameTemplate("client-%i")
            .lang("de_DE")
            .tz("Europe/Berlin")
            .demo(true));

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    @Test
    void buildsATemplateWithDependenciesForThePlan() {
        Template template = saas.templates().build(plan.id(), List.of("sale"));

        assertThat(template.state()).isEqualTo(TemplateState.READY);
        assertThat(template.addons()).containsExactly("stock", "sale");
        assertThat(template.lang()).isEqualTo("de_DE");
        assertThat(template.tz()).isEqualTo("Europe/Berlin");
        assertThat(template.demo()).isTrue();
        assertThat(template.serverId()).isEqualTo(new ServerId(1));
        assertThat(saas.plans().get(plan.id()).templateId()).isEqualTo(template.id());
        assertThat(fixture.storage.isOpen(template.name())).isFalse();
        assertThat(fixture.storage.scripts(template.name()))
                .containsExactly("create table stock_move (id int)", "create table sale_order (id int)");
    }

    @Test
    void listsTheAddonsThatATemplateCanBeBuiltWith() {
        assertThat(saas.templates().addons())
                .extracting(AddonStatus::name, AddonStatus::title, AddonStatus::installed, AddonStatus::latestVersion)
                .containsExactly(
                        tuple("broken", "broken", false, "1.0"),
                        tuple("sale", "sale", false, "1.0"),
                        tuple("stock", "stock", false, "1.0"));
        Saas portalUser = saas.actingAs(fixture.signUp("curious@example.com").id());
        assertRefusal(() -> portalUser.templates().addons()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void givesNewDatabasesItsContentAndTheirOwnersItsGroups() {
        saas.templates().build(plan.id(), List.of("sale"));
        User owner = fixture.signUp("owner@example.com");

        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();

        assertThat(fixture.storage.scripts(tenant.name()))
                .containsExactly("create table stock_move (id int)", "create table sale_order (id int)");
        TenantDatabase inside = saas.database(tenant.name());
        MemberId member = inside.members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0)
                .id();
        assertThat(inside.members().groups(member))
                .extracting(Group::xmlId)
                .containsExactly(Group.ACCESS_RIGHTS, Group.USER, "sale.group_seller");
    }

    @Test
    void staysWhenReplacedAndCanBeDeletedThen() {
        Template first = saas.templates().build(plan.id(), List.of("stock"));
        Template second = saas.templates().build(plan.id(), List.of("sale"));

        assertThat(saas.plans().get(plan.id()).templateId()).isEqualTo(second.id());
        assertThat(first.name()).isNotEqualTo(second.name());
        assertRefusal(() -> saas.templates().delete(second.id())).isEqualTo(ErrorCodes.TEMPLATE_IN_USE);
        saas.templates().delete(first.id());

        assertThat(saas.templates().list(Query.all())).containsExactly(second);
        assertRefusal(() -> saas.templates().delete(first.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void buildsAReservedTemplateUnderItsName() {
        Template reserved = saas.templates().reserve("golden.example.com");
        assertRefusal(() -> saas.templates().reserve("golden.example.com")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().templateId(reserved.id()).build());
        assertThat(reserved.reserved()).isTrue();
        User owner = fixture.signUp("owner@example.com");
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(saas.plans().get(plan.id()))
                                .owner(owner)
                                .build()))
                .isEqualTo(ErrorCodes.TEMPLATE_NOT_READY);
        assertRefusal(() -> saas.templates().build(plan.id(), List.of("broken")))
                .isEqualTo(ErrorCodes.ADDON_FAILED);
        assertThat(saas.templates().get(reserved.id()).reserved()).isTrue();

        Template built = saas.templates().build(plan.id(), List.of("sale"));

        assertThat(List.of(built.id(), built.name())).isEqualTo(List.of(reserved.id(), "golden.example.com"));
        assertThat(built.state()).isEqualTo(TemplateState.READY);
        Plan sold = saas.plans().get(plan.id());
        assertThat(sold.templateId()).isEqualTo(built.id());
        assertThat(saas.plans().version(plan.id(), sold.version()).addons()).containsExactly("stock", "sale");
        assertThat(saas.tenants()
                        .create(CreateTenant.onPlan(sold).owner(owner).build())
                        .tenant()
                        .name())
                .startsWith("client-");
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        assertThat(saas.templates().build(plan.id(), List.of()).id()).isNotEqualTo(built.id());
    }

    @Test
    void changesAPlanWhileItsReservedTemplateIsBeingBuilt() {
        Template reserved = saas.templates().reserve("golden");
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().templateId(reserved.id()).build());
        PlanId other = fixture.plan().id();
        fixture.backend.once("before configure", () -> {
            assertThat(saas.templates().get(reserved.id()).state()).isEqualTo(TemplateState.DRAFT);
            saas.plans()
                    .update(plan.id(), each -> each.toBuilder().summary("New").build());
            assertRefusal(() -> saas.plans()
                            .update(
                                    other,
                                    each -> each.toBuilder()
                                            .templateId(reserved.id())
                                            .build()))
                    .isEqualTo(ErrorCodes.PLAN_INVALID);
        });

        saas.templates().build(plan.id(), List.of("sale"));

        assertThat(saas.plans().get(plan.id()).summary()).isEqualTo("New");
    }

    @Test
    void forgetsAReservedTemplateThatNoPlanUses() {
        Template reserved = saas.templates().reserve("golden");
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().templateId(reserved.id()).build());
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        assertRefusal(() -> saas.templates().delete(reserved.id())).isEqualTo(ErrorCodes.TEMPLATE_IN_USE);
        saas.plans().update(plan.id(), each -> each.toBuilder().templateId(null).build());

        saas.templates().delete(reserved.id());

        assertThat(saas.templates().count(Filter.all())).isZero();
        assertThat(saas.templates().reserve("golden").id()).isNotEqualTo(reserved.id());
        saas.templates().delete(saas.templates().list(Query.all()).get(0).id());
    }

    @Test
    void reportsARepeatedKeyAsInProgressFromTheFirstRecord() {
        fixture.backend.once(
                "after catalog",
                () -> assertRefusal(() -> saas.templates().build(plan.id(), List.of("sale"), "key"))
                        .isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS));
        Template built = saas.templates().build(plan.id(), List.of("sale"), "key");
        assertThat(saas.templates().build(plan.id(), List.of("sale"), "key")).isEqualTo(built);

        fixture.storage.putForeign("golden");
        fixture.backend.once(
                "after catalog",
                () -> assertRefusal(() -> saas.templates().adopt(plan.id(), new ServerId(1), "golden", "other"))
                        .isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS));
        Template adopted = saas.templates().adopt(plan.id(), new ServerId(1), "golden", "other");
        assertThat(saas.templates().adopt(plan.id(), new ServerId(1), "golden", "other"))
                .isEqualTo(adopted);
    }

    @Test
    void buildsATemplateOnceForEightEqualRequests() {
        List<Result<Template>> results =
                Concurrently.run(8, number -> saas.templates().build(plan.id(), List.of("sale"), "key"));

        assertThat(results).filteredOn(Result::succeeded).isNotEmpty();
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .allMatch(ErrorCodes.OPERATION_IN_PROGRESS::equals);
        assertThat(saas.templates().count(Filter.all())).isEqualTo(1);
    }

    @Test
    void leavesNothingBehindIfItCannotBeBuilt() {
        assertRefusal(() -> saas.templates().build(plan.id(), List.of("stock", "broken")))
                .isEqualTo(ErrorCodes.ADDON_FAILED);
        assertRefusal(() -> saas.templates().build(plan.id(), List.of("none"))).isEqualTo(ErrorCodes.ADDON_UNKNOWN);
        assertRefusal(() -> saas.templates().build(new PlanId(99), List.of())).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.servers()
                .update(new ServerId(1), each -> each.toBuilder().active(false).build());
        assertRefusal(() -> saas.templates().build(plan.id(), List.of())).isEqualTo(ErrorCodes.SERVER_NONE);

        assertThat(saas.templates().count(Filter.all())).isZero();
        assertThat(saas.plans().get(plan.id())).isEqualTo(plan);
        assertRefusal(() -> saas.templates().delete(new TemplateId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void protectsItsNameAndCannotBeEntered() {
        Template template = saas.templates().build(plan.id(), List.of());
        User owner = fixture.signUp("owner@example.com");
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(owner)
                                .name(template.name())
                                .build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(owner)
                                .uuid(template.uuid())
                                .build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> saas.database(template.name())).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertThat(saas.tenants().databaseNames()).containsExactly("portal.localhost");
    }

    @Test
    void isNotClonedBeforeItIsReady() {
        fixture.backend.once("before drop", () -> {
            TemplateId going = saas.templates().list(Query.all()).get(0).id();
            assertRefusal(() -> saas.templates().delete(going)).isEqualTo(ErrorCodes.TEMPLATE_NOT_READY);
        });
        Template template = saas.templates().build(plan.id(), List.of());
        saas.plans().update(plan.id(), each -> each.toBuilder().templateId(null).build());
        saas.templates().delete(template.id());
        assertThat(saas.templates().count(Filter.all())).isZero();
    }

    @Test
    void isNotDeletedWhileADatabaseIsClonedFromIt() {
        Template template = saas.templates().build(plan.id(), List.of());
        User owner = fixture.signUp("owner@example.com");
        fixture.backend.once("before copy", () -> {
            saas.plans()
                    .update(plan.id(), each -> each.toBuilder().templateId(null).build());
            assertRefusal(() -> saas.templates().delete(template.id())).isEqualTo(ErrorCodes.TEMPLATE_IN_USE);
        });
        saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build());
        saas.templates().delete(template.id());
        assertThat(saas.templates().count(Filter.all())).isZero();
    }

    @Test
    void isDeletedEvenIfItsDatabaseWasRemovedByHand() {
        Template template = saas.templates().build(plan.id(), List.of());
        saas.plans().update(plan.id(), each -> each.toBuilder().templateId(null).build());
        fixture.storage.databases(saas.servers().get(new ServerId(1))).drop(DatabaseRefs.of(template));
        fixture.storage.putForeign(template.name());

        saas.templates().delete(template.id());

        assertThat(saas.templates().count(Filter.all())).isZero();
        assertThat(fixture.storage
                        .databases(saas.servers().get(new ServerId(1)))
                        .exists(template.name()))
                .as("a database of another identity stays")
                .isTrue();
    }
}
