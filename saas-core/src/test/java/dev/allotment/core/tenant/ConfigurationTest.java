// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.allotment.AddonRemoval;
import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.core.TestAddon;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigurationTest {
    private final Fixture fixture = new Fixture(
            TestAddon.of("stock")
                    .script("1.0", "create table stock_move (id int)")
                    .uninstall("drop table stock_move"),
            TestAddon.of("sale", "1.9")
                    .needs("stock")
                    .group("group_seller")
                    .group("base.group_sale_manager")
                    .script("1.0", "create table sale_order (id int)")
                    .script("1.9", "alter table sale_order add nine int")
                    .uninstall("drop table sale_order"),
            TestAddon.of("menus").group("group_menu", true),
            TestAddon.of("broken").script("1.0", "create table x (id int)").script("1.0", "fail here"),
            TestAddon.of("stuck").uninstall("fail to go"));
    private final Saas saas = fixture.builder(fixture.backend)
            .fix("repair", database -> database.run("update sale_order set fixed = 1"))
            .fix("crash", database -> {
                database.run("update half");
                throw new IllegalArgumentException("the fix is broken");
            })
            .open();
    private final Tenant shop = fixture.tenant("shop");

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private ConfigurationResult apply(ConfigurationChange.Builder change) {
        return saas.configuration().apply(shop.id(), change.build());
    }

    private TenantDatabase inside() {
        return saas.database("shop");
    }

    private List<String> scripts() {
        return fixture.storage.scripts("shop");
    }

    private MemberId owner() {
        return inside().members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0)
                .id();
    }

    private List<String> groups(MemberId member) {
        return inside().members().groups(member).stream().map(Group::xmlId).toList();
    }

    private List<String> installed() {
        return inside()
                .addons()
                .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)).orderBy(AddonStatus.NAME))
                .stream()
                .map(AddonStatus::name)
                .toList();
    }

    @Test
    void doesNothingIfEmpty() {
        ConfigurationResult upgraded = apply(ConfigurationChange.builder());
        assertThat(upgraded)
                .isEqualTo(new ConfigurationResult(shop, List.of(), List.of(), List.of(), List.of(), List.of()));
    }

    private static List<Arguments> removals() {
        return List.of(
                arguments("", List.of(), false),
                arguments("drop table last", List.of("last"), false),
                arguments(
                        "drop table a;\nDROP TABLE IF EXISTS Pos_Order, public.\"Other One\" CASCADE ;",
                        List.of("a", "pos_order", "Other One"),
                        false),
                arguments("-- drop table a;\n/* delete\nfrom b */ drop table c;", List.of("c"), false),
                arguments("alter table a drop column b; drop table c;", List.of("c"), true),
                arguments("drop view a", List.of(), true),
                arguments("drop table a, (b)", List.of(), true));
    }

    @ParameterizedTest
    @MethodSource("removals")
    void previewsWhatUninstallingDeletes(String script, List<String> tables, boolean otherStatements) {
        apply(ConfigurationChange.builder().install("menus"));
        fixture.addons.replaceAll(addon -> addon.name().equals("menus")
                ? TestAddon.of("menus").group("group_menu", true).uninstall(script)
                : addon);
        apply(ConfigurationChange.builder().refreshAddons());
        List<String> before = scripts();

        List<AddonRemoval> preview = saas.configuration().previewUninstall(shop.id(), List.of("menus", "stock"));

        assertThat(preview)
                .as("add-ons that are not installed are left out")
                .containsExactly(new AddonRemoval(
                        "menus",
                        "menus",
                        tables.stream()
                                .map(table -> new AddonRemoval.DroppedTable(table, null))
                                .toList(),
                        otherStatements));
        assertThat(scripts()).as("nothing ran").isEqualTo(before);
        assertThat(installed()).containsExactly("menus");
    }

    @Test
    void previewsOnlyWhatCouldBeUninstalled() {
        apply(ConfigurationChange.builder().install("sale"));
        assertRefusal(() -> saas.configuration().previewUninstall(shop.id(), List.of("stock")))
                .isEqualTo(ErrorCodes.ADDON_NEEDED);
        assertThat(saas.configuration().previewUninstall(shop.id(), List.of("stock", "sale")))
                .extracting(AddonRemoval::addon)
                .containsExactly("sale", "stock");
        assertRefusal(() -> saas.configuration().previewUninstall(shop.id(), List.of("nothing")))
                .isEqualTo(ErrorCodes.ADDON_UNKNOWN);
        User portal = fixture.signUp("portal@example.com");
        assertRefusal(() -> saas.actingAs(portal.id()).configuration().previewUninstall(shop.id(), List.of("sale")))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void runsUpdatesInstallsUninstallsAndFixesInThisOrder() {
        apply(ConfigurationChange.builder().install("stock", "menus"));
        fixture.addons.replaceAll(addon -> addon.name().equals("menus")
                ? TestAddon.of("menus", "2.0").script("2.0", "update menus").uninstall("drop menus")
                : addon);

        ConfigurationResult upgraded = apply(ConfigurationChange.builder()
                .fix("repair")
                .uninstall("menus")
                .install("sale")
                .update("menus")
                .refreshAddons());

        assertThat(upgraded.updated()).containsExactly("menus");
        assertThat(upgraded.installed()).containsExactly("sale");
        assertThat(upgraded.uninstalled()).containsExactly("menus");
        assertThat(scripts())
                .containsExactly(
                        "create table stock_move (id int)",
                        "update menus",
                        "create table sale_order (id int)",
                        "alter table sale_order add nine int",
                        "drop menus",
                        "update sale_order set fixed = 1");
    }

    @Test
    void installsDependenciesOnceAndReportsWhatIsNew() {
        assertThat(apply(ConfigurationChange.builder().install("sale", "stock", "sale"))
                        .installed())
                .containsExactly("stock", "sale");
        assertThat(apply(ConfigurationChange.builder().install("sale", "menus")).installed())
                .containsExactly("menus");
        assertThat(installed()).containsExactly("menus", "sale", "stock");
        assertThat(inside().addons().list(Query.where(Filter.equal(AddonStatus.NAME, "sale"))))
                .singleElement()
                .extracting(AddonStatus::installedVersion, AddonStatus::latestVersion)
                .containsExactly("1.9", "1.9");
    }

    @Test
    void changesNothingIfAnyPartFails() {
        MemberId owner = owner();
        List<String> before = groups(owner);

        SaasException refusal = refusal(() -> apply(ConfigurationChange.builder()
                .install("sale", "broken")
                .grantOwner("sale.group_seller")
                .revoke(Group.USER)
                .parameter("visible", "1")
                .hiddenParameter(Parameter.MAX_USERS, "3")
                .recordQuota("sale.order", 5)));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_FAILED);
        assertThat(refusal).hasMessageContaining("broken").hasMessageNotContaining("fail here");
        assertThat(scripts()).isEmpty();
        assertThat(installed()).isEmpty();
        assertThat(groups(owner)).isEqualTo(before);
        assertThat(inside().groups().findByXmlId("sale.group_seller")).isEmpty();
        assertThat(inside().parameters().value("visible")).isEmpty();
        assertThat(inside().recordQuotas().count(Filter.all())).isZero();
        assertThat(saas.tenants().get(shop.id())).isEqualTo(shop);

        assertThat(apply(ConfigurationChange.builder().install("sale")).installed())
                .containsExactly("stock", "sale");
    }

    @Test
    void changesNothingIfUninstallingOrAFixFails() {
        apply(ConfigurationChange.builder().install("stuck"));
        assertRefusal(() -> apply(ConfigurationChange.builder().install("sale").uninstall("stuck")))
                .isEqualTo(ErrorCodes.ADDON_FAILED);
        assertThatThrownBy(() ->
                        apply(ConfigurationChange.builder().install("sale").fix("crash")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(installed()).containsExactly("stuck");
        assertThat(scripts()).isEmpty();
    }

    static Stream<ConfigurationChange.Builder> wrong() {
        return Stream.of(
                ConfigurationChange.builder().fix("format the disk"),
                ConfigurationChange.builder().parameter("", "x"),
                ConfigurationChange.builder().parameter(" ", "x"),
                ConfigurationChange.builder().parameter("k".repeat(257), "x"),
                ConfigurationChange.builder().parameter("a\nb", "x"),
                ConfigurationChange.builder().parameter("key", "v".repeat(100_001)),
                ConfigurationChange.builder().parameter("key", "a\0b"),
                ConfigurationChange.builder().parameter("key", "\ud800"),
                ConfigurationChange.builder().parameter(Parameter.MAX_USERS, "many"),
                ConfigurationChange.builder().parameter(Parameter.MAX_USERS, "-1"),
                ConfigurationChange.builder().parameter(Parameter.MAX_USERS, "99999999999"),
                ConfigurationChange.builder().parameter(Parameter.STORAGE_LIMIT_MB, "1.5"),
                ConfigurationChange.builder().parameter(Parameter.SUSPENDED, "yes"),
                ConfigurationChange.builder().parameter(Parameter.EXPIRATION, "tomorrow"),
                ConfigurationChange.builder().parameter(Parameter.EXPIRATION, "2026-02-30 00:00:00"),
                ConfigurationChange.builder().parameter(Parameter.EXPIRATION, "2026-01-01T00:00:00Z"),
                ConfigurationChange.builder().parameter(Parameter.EXPIRATION, "+12345-01-01 00:00:00"),
                ConfigurationChange.builder()
                        .parameter(Parameter.DATABASE_UUID, "1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b"),
                ConfigurationChange.builder().recordQuota("", 1),
                ConfigurationChange.builder().recordQuota("Sale Order", 1),
                ConfigurationChange.builder().recordQuota("sale..order", 1),
                ConfigurationChange.builder().recordQuota("a" + ".a".repeat(100_000), 1),
                ConfigurationChange.builder().recordQuota("sale.order", -1),
                ConfigurationChange.builder().recordQuota("sale.order", 1, "[" + " ".repeat(10_000)),
                ConfigurationChange.builder().recordQuota("sale.order", 1, "[\0]"));
    }

    @ParameterizedTest(name = "case {index}")
    @MethodSource("wrong")
    void refusesMeaninglessRequestsBeforeItStarts(ConfigurationChange.Builder change) {
        assertRefusal(() -> apply(change.install("sale"))).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(saas.operations().count(Filter.equal(Operation.TENANT_ID, shop.id())))
                .isEqualTo(1);
        assertThat(scripts()).isEmpty();
    }

    @Test
    void refusesAnUnknownAddonAndNamesIt() {
        for (ConfigurationChange.Builder change : List.of(
                ConfigurationChange.builder().install("sale", "access_apps"),
                ConfigurationChange.builder().install("sale").update("access_apps"),
                ConfigurationChange.builder().install("sale").uninstall("access_apps"))) {
            SaasException refusal = refusal(() -> apply(change));
            assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_UNKNOWN);
            assertThat(refusal).hasMessageContaining("access_apps");
        }
        assertThat(installed()).isEmpty();
        assertRefusal(() -> saas.configuration()
                        .apply(new TenantId(99), ConfigurationChange.builder().build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void refusesToUninstallWhatAnotherAddonNeeds() {
        apply(ConfigurationChange.builder().install("sale", "menus"));

        SaasException refusal =
                refusal(() -> apply(ConfigurationChange.builder().uninstall("stock")));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_NEEDED);
        assertThat(refusal).hasMessageContainingAll("stock", "sale");

        assertThat(apply(ConfigurationChange.builder().uninstall("stock", "sale", "stock"))
                        .uninstalled())
                .containsExactly("sale", "stock");
        assertThat(scripts()).endsWith("drop table sale_order", "drop table stock_move");
        assertThat(inside().groups().findByXmlId("sale.group_seller")).isEmpty();
        assertThat(inside().groups().findByXmlId("base.group_sale_manager")).isEmpty();
        assertThat(installed()).containsExactly("menus");
        assertThat(apply(ConfigurationChange.builder().uninstall("sale")).uninstalled())
                .as("a missing add-on need not be removed")
                .isEmpty();
        assertThat(apply(ConfigurationChange.builder().install("sale")).installed())
                .as("and it can be installed again")
                .containsExactly("stock", "sale");
    }

    @Test
    void updatesVersionByVersionFromTheInstalledOne() {
        apply(ConfigurationChange.builder().install("sale"));
        assertThat(apply(ConfigurationChange.builder().update("sale")).updated())
                .as("nothing new")
                .isEmpty();
        fixture.addons.replaceAll(addon -> addon.name().equals("sale")
                ? TestAddon.of("sale", "1.10.1")
                        .needs("stock", "menus")
                        .group("group_seller")
                        .group("group_boss")
                        .script("1.0", "create table sale_order (id int)")
                        .script("1.9", "alter table sale_order add nine int")
                        .script("1.10", "alter table sale_order add ten int")
                        .script("1.10.1", "alter table sale_order add more int")
                : addon);
        assertThat(apply(ConfigurationChange.builder().update("sale")).updated())
                .as("the list was not read again")
                .isEmpty();

        ConfigurationResult upgraded =
                apply(ConfigurationChange.builder().refreshAddons().update("sale"));

        assertThat(upgraded.updated()).containsExactly("sale");
        assertThat(upgraded.installed()).as("the add-ons that it now needs").containsExactly("menus");
        assertThat(scripts())
                .endsWith("alter table sale_order add ten int", "alter table sale_order add more int")
                .hasSize(5);
        assertThat(inside().groups().findByXmlId("sale.group_boss")).isPresent();
        assertRefusal(() -> apply(ConfigurationChange.builder().update("broken")))
                .isEqualTo(ErrorCodes.ADDON_INVALID);
    }

    @Test
    void updatesDependenciesFirst() {
        apply(ConfigurationChange.builder().install("sale"));
        fixture.addons.replaceAll(addon -> switch (addon.name()) {
            case "sale" -> TestAddon.of("sale", "2.0").needs("stock").script("2.0", "second");
            case "stock" -> TestAddon.of("stock", "2.0").script("2.0", "first");
            default -> addon;
        });
        assertThat(apply(ConfigurationChange.builder().refreshAddons().update("sale", "stock"))
                        .updated())
                .containsExactly("stock", "sale");
        assertThat(scripts()).endsWith("first", "second");
    }

    @Test
    void grantsGroupsToTheOwnerAndReportsUnknownOnes() {
        ConfigurationResult upgraded = apply(ConfigurationChange.builder()
                .install("sale")
                .grantOwner("base.group_sale_manager", "sale.group_seller", "no.group", "sale.group_seller"));

        assertThat(upgraded.unknownGroupsToGrant()).containsExactly("no.group");
        assertThat(groups(owner())).contains("base.group_sale_manager", "sale.group_seller");
        assertThat(groups(Member.ADMINISTRATOR)).doesNotContain("sale.group_seller");
        Tenant lone = saas.tenants()
                .create(CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                        .build())
                .tenant();
        saas.configuration()
                .apply(
                        lone.id(),
                        ConfigurationChange.builder()
                                .grantOwner(Group.USER)
                                .parameter("a", "1")
                                .build());
        assertThat(saas.database("lone").parameters().value("a"))
                .as("a tenant without an owner is configured, and no group is granted")
                .contains("1");
    }

    @Test
    void addsEveryMemberToAGroupForEveryone() {
        Member worker =
                inside().members().create(NewMember.builder("worker", "Worker").build());
        Member guest = inside().members()
                .create(NewMember.builder("guest", "Guest").share(true).build());
        apply(ConfigurationChange.builder().install("menus"));
        Member late =
                inside().members().create(NewMember.builder("late", "Late").build());

        assertThat(groups(owner())).contains("menus.group_menu");
        assertThat(groups(worker.id())).contains("menus.group_menu");
        assertThat(groups(Member.ADMINISTRATOR)).contains("menus.group_menu");
        assertThat(groups(late.id())).contains("menus.group_menu");
        assertThat(groups(guest.id())).containsExactly(Group.PORTAL);
    }

    @Test
    void revokesGroupsFromAllButTheAdministratorAfterGranting() {
        Member worker =
                inside().members().create(NewMember.builder("worker", "Worker").build());
        ConfigurationResult upgraded = apply(ConfigurationChange.builder()
                .install("menus")
                .grantOwner("menus.group_menu")
                .revoke("menus.group_menu", "no.group", Group.SYSTEM));

        assertThat(upgraded.unknownGroupsToRevoke()).containsExactly("no.group");
        GroupId menu =
                inside().groups().findByXmlId("menus.group_menu").orElseThrow().id();
        assertThat(inside().groups().members(menu)).containsExactly(Member.ADMINISTRATOR);
        assertThat(groups(worker.id())).containsExactly(Group.USER);
        assertThat(groups(Member.ADMINISTRATOR)).contains(Group.SYSTEM);
    }

    @Test
    void keepsAGroupThatAnotherInstalledAddonDefines() {
        fixture.addons.add(TestAddon.of("crm").group("base.group_sale_manager"));
        apply(ConfigurationChange.builder()
                .refreshAddons()
                .install("sale", "crm")
                .grantOwner("base.group_sale_manager"));

        apply(ConfigurationChange.builder().uninstall("sale"));
        assertThat(groups(owner())).contains("base.group_sale_manager");

        apply(ConfigurationChange.builder().uninstall("crm"));
        assertThat(inside().groups().findByXmlId("base.group_sale_manager")).isEmpty();
        assertThat(groups(owner())).containsExactly(Group.ACCESS_RIGHTS, Group.USER);
    }

    @Test
    void setsParametersAndLetsTheLastOneWin() {
        apply(ConfigurationChange.builder()
                .parameter("a", "1")
                .hiddenParameter("b", "2")
                .parameter("c", "x")
                .parameter("c", "3"));
        assertThat(inside().parameters().list(Query.where(Filter.in(Parameter.KEY, List.of("a", "b", "c")))))
                .extracting(Parameter::key, Parameter::value, Parameter::hidden)
                .containsExactly(tuple("a", "1", false), tuple("b", "2", true), tuple("c", "3", false));
        apply(ConfigurationChange.builder().hiddenParameter("a", ""));
        assertThat(inside().parameters().value("a")).contains("");
    }

    @Test
    void appliesLimitsAndExpiryInsideAndOutside() {
        ConfigurationResult upgraded = apply(ConfigurationChange.builder()
                .hiddenParameter(Parameter.MAX_USERS, "2")
                .hiddenParameter(Parameter.STORAGE_LIMIT_MB, " 50 ")
                .parameter(Parameter.EXPIRATION, "2027-06-30 12:00:00"));

        assertThat(upgraded.tenant().maxUsers()).isEqualTo(2);
        assertThat(upgraded.tenant().storageLimitMb()).isEqualTo(50);
        assertThat(upgraded.tenant().expiresAt()).isEqualTo(Instant.parse("2027-06-30T12:00:00Z"));
        assertThat(saas.tenants().get(shop.id())).isEqualTo(upgraded.tenant());
        inside().members().create(NewMember.builder("second", "Second").build());
        assertRefusal(() -> inside().members()
                        .create(NewMember.builder("third", "Third").build()))
                .isEqualTo(ErrorCodes.USER_LIMIT_REACHED);

        Tenant unlimited = apply(ConfigurationChange.builder()
                        .hiddenParameter(Parameter.MAX_USERS, "")
                        .hiddenParameter(Parameter.STORAGE_LIMIT_MB, "0")
                        .parameter(Parameter.EXPIRATION, ""))
                .tenant();
        assertThat(unlimited.maxUsers()).isZero();
        assertThat(unlimited.expiresAt()).isNull();
        inside().members().create(NewMember.builder("third", "Third").build());
        apply(ConfigurationChange.builder()
                .hiddenParameter(Parameter.MAX_USERS, "0")
                .hiddenParameter(Parameter.STORAGE_LIMIT_MB, "0"));
    }

    @Test
    void turnsATrialIntoAPaidTenantAndBack() {
        assertThat(apply(ConfigurationChange.builder().parameter(Parameter.TRIAL, "True"))
                        .tenant()
                        .trial())
                .isTrue();
        assertThat(apply(ConfigurationChange.builder().install("sale")).tenant().trial())
                .isTrue();
        assertThat(apply(ConfigurationChange.builder()
                                .parameter(Parameter.TRIAL, "1")
                                .parameter(Parameter.TRIAL, "0"))
                        .tenant()
                        .trial())
                .isFalse();
        assertRefusal(() -> apply(ConfigurationChange.builder().parameter(Parameter.TRIAL, "perhaps")))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void takesThePaidTenantsPlaceAtOnceAndReturnsItOnFailure() {
        Plan plan = fixture.plan(Plan.builder("Limited")
                .dbNameTemplate("limited-%i")
                .maxDatabasesPerCustomer(1)
                .maxTrialDatabasesPerCustomer(1));
        User owner = fixture.signUp("limited@example.com");
        Tenant trial = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).trial(true).build())
                .tenant();
        ConfigurationChange paid = ConfigurationChange.builder()
                .parameter(Parameter.TRIAL, "False")
                .install("broken")
                .build();
        fixture.backend.once(
                "before configure",
                () -> assertRefusal(() -> saas.tenants()
                                .create(CreateTenant.onPlan(plan).owner(owner).build()))
                        .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED));

        assertRefusal(() -> saas.configuration().apply(trial.id(), paid)).isEqualTo(ErrorCodes.ADDON_FAILED);

        assertThat(saas.tenants().get(trial.id())).isEqualTo(trial);
        saas.tenants().create(CreateTenant.onPlan(plan).owner(owner).build());
        assertRefusal(() -> saas.configuration().apply(trial.id(), paid)).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
    }

    @Test
    void suspendsAndResumesATenantByParameter() {
        assertThat(apply(ConfigurationChange.builder().hiddenParameter(Parameter.SUSPENDED, "1"))
                        .tenant()
                        .state())
                .isEqualTo(TenantState.SUSPENDED);
        assertThat(fixture.storage.isOpen("shop")).isFalse();
        assertThat(apply(ConfigurationChange.builder().install("sale")).tenant().state())
                .as("another configuration leaves it suspended")
                .isEqualTo(TenantState.SUSPENDED);
        assertThat(apply(ConfigurationChange.builder().hiddenParameter(Parameter.SUSPENDED, "0"))
                        .tenant()
                        .state())
                .isEqualTo(TenantState.OPEN);
        assertThat(fixture.storage.isOpen("shop")).isTrue();
    }

    @Test
    void replacesAndRemovesRecordQuotas() {
        apply(ConfigurationChange.builder()
                .recordQuota("sale.order", 5)
                .recordQuota("sale.order", 2, "[('state','=','draft')]")
                .recordQuota("res.partner", 100));
        apply(ConfigurationChange.builder().recordQuota("sale.order", 7));
        assertThat(inside().recordQuotas()
                        .list(Query.all().orderBy(RecordQuota.MODEL).orderBy(RecordQuota.DOMAIN)))
                .extracting(RecordQuota::model, RecordQuota::domain, RecordQuota::maxRecords)
                .containsExactly(tuple("res.partner", "[]", 100), tuple("sale.order", "[]", 7));
        apply(ConfigurationChange.builder().removeRecordQuotas("sale.order", "no.limit"));
        assertThat(inside().recordQuotas().list(Query.all()))
                .extracting(RecordQuota::model)
                .containsExactly("res.partner");
    }

    @Test
    void refusesASecondConfigurationWhileOneRuns() {
        fixture.backend.once(
                "before configure",
                () -> assertRefusal(() -> apply(ConfigurationChange.builder().parameter("who", "second")))
                        .isEqualTo(ErrorCodes.TENANT_BUSY));
        apply(ConfigurationChange.builder().parameter("who", "first"));
        assertThat(inside().parameters().value("who")).contains("first");

        List<Result<ConfigurationResult>> results = Concurrently.run(
                8,
                number -> apply(ConfigurationChange.builder()
                        .hiddenParameter(Parameter.MAX_USERS, Integer.toString(number + 1))
                        .hiddenParameter(Parameter.STORAGE_LIMIT_MB, Integer.toString(number + 1))));
        assertThat(results).filteredOn(Result::succeeded).isNotEmpty();
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .allMatch(ErrorCodes.TENANT_BUSY::equals);
        Tenant after = saas.tenants().get(shop.id());
        assertThat(after.maxUsers()).isEqualTo(after.storageLimitMb());
    }

    @Test
    void leavesAMarkerThatProvesItWasApplied() {
        long before = marks();
        apply(ConfigurationChange.builder().parameter("a", "1"));
        assertThat(marks()).isEqualTo(before + 1);
    }

    private long marks() {
        return fixture.storage
                .databases(saas.servers().list(Query.all()).get(0))
                .transact(
                        new DatabaseRef(shop.name(), shop.uuid()),
                        tx -> tx.records(RecordTypes.APPLIED_OPERATIONS).count(Filter.all()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "param\tkey\tvalue",
                "[\"param\",\"key\"]",
                "[\"limit\",\"sale.order\",\"many\",\"[]\"]",
                "[\"future\"]"
            })
    void undoesAChangeThatAnotherVersionStored(String request) {
        Operation operation = saas.async()
                .configure(
                        shop.id(),
                        ConfigurationChange.builder()
                                .hiddenParameter(Parameter.TRIAL, "True")
                                .build());
        StoredOperation stored = fixture.row(operation.id());
        Map<String, String> input = new HashMap<>(stored.input());
        input.put("request", request);
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.OPERATIONS)
                    .update(stored.toBuilder().input(input).build());
            return null;
        });

        saas.operations().recover();

        Operation failed = saas.operations().get(operation.id());
        assertThat(failed.errorCode()).isEqualTo(ErrorCodes.OPERATION_FAILED);
        assertThat(failed.errorMessage()).contains("was started by another version", "request the change again");
        assertThat(saas.tenants().get(shop.id())).isEqualTo(shop);
        apply(ConfigurationChange.builder().hiddenParameter(Parameter.TRIAL, "True"));
        assertThat(saas.tenants().get(shop.id()).trial()).isTrue();
    }
}
