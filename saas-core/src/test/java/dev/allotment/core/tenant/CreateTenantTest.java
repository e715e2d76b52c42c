// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.CreatedTenant;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.MemoryBackend;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("changes the language of the process")
final class CreateTenantTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan(Plan.builder("Basic")
            .dbNameTemplate("client-%i")
            .maxUsers(5)
            .storageLimitMb(100)
            .blockOnExpiration(true)
            .trialHours(48)
            .lang("de_DE")
            .tz("Europe/Berlin"));
    private final User owner = fixture.signUp("owner@example.com");
    private final CreateTenant wish = CreateTenant.onPlan(plan).owner(owner).build();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant make(String name) {
        return saas.tenants().create(wish.toBuilder().name(name).build()).tenant();
    }

    @Test
    void followsItsPlanAndIsOpen() {
        Tenant tenant = make("shop");

        assertThat(tenant)
                .isEqualTo(Tenant.builder(tenant.uuid(), "shop", new ServerId(1))
                        .id(tenant.id())
                        .state(TenantState.OPEN)
                        .planId(plan.id())
                        .planVersion(plan.version())
                        .customerId(owner.customerId())
                        .ownerId(owner.id())
                        .maxUsers(5)
                        .usersCount(1)
                        .storageLimitMb(100)
                        .blockOnExpiration(true)
                        .lang("de_DE")
                        .tz("Europe/Berlin")
                        .createdAt(fixture.clock.instant())
                        .build());
        assertThat(fixture.row(tenant.id()).nextSyncAt())
                .isEqualTo(fixture.clock.instant().plus(Duration.ofMinutes(1)));
        assertThat(saas.tenants().get(tenant.id())).isEqualTo(tenant);
        assertThat(saas.tenants().findByName("shop")).contains(tenant);
        assertThat(saas.tenants().databaseNames()).containsExactly("portal.localhost", "shop");
    }

    /** A server that stops may lose a database that it has just reported. */
    @ParameterizedTest
    @ValueSource(strings = {"before transact", "before open"})
    void canBeRepeatedIfItsDatabaseIsLostMeanwhile(String step) {
        Databases databases = fixture.storage.databases(saas.servers().get(new ServerId(1)));
        AtomicBoolean lost = new AtomicBoolean();
        fixture.backend.watch(passed -> {
            if (passed.equals(step) && databases.exists("lost") && !lost.getAndSet(true)) {
                databases.list().stream()
                        .filter(each -> each.name().equals("lost"))
                        .forEach(databases::drop);
            }
        });

        assertThat(refusal(() -> make("lost")))
                .returns(ErrorCodes.BACKEND_UNAVAILABLE, SaasException::code)
                .returns(true, SaasException::retryable);

        assertThat(lost).isTrue();
        assertThat(make("lost").state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void storesItsIdentityRightsAndOwnerInside() {
        Tenant tenant = saas.tenants()
                .create(wish.toBuilder().name("shop").trial(true).build())
                .tenant();

        TenantDatabase inside = saas.database("shop");
        assertThat(inside.parameters().value(Parameter.DATABASE_UUID))
                .contains(tenant.uuid().toString());
        assertThat(inside.parameters().value(Parameter.MAX_USERS)).contains("5");
        assertThat(inside.parameters().value(Parameter.STORAGE_LIMIT_MB)).contains("100");
        assertThat(inside.parameters().value(Parameter.EXPIRATION)).contains("2026-03-03 12:00:00");
        List<Member> members = inside.members().list(Query.all());
        assertThat(members).extracting(Member::login).containsExactly("__system__", "admin", "owner@example.com");
        assertThat(members).extracting(Member::lang).containsExactly("de_DE", "de_DE", "en_US");
        assertThat(members.get(1).id()).isEqualTo(Member.ADMINISTRATOR);
        assertThat(inside.members().groups(members.get(2).id()))
                .extracting(Group::xmlId)
                .containsExactly(Group.ACCESS_RIGHTS, Group.USER);
        for (String login : List.of("admin", "owner@example.com", "__system__")) {
            for (String password : List.of("", "admin", Fixture.PASSWORD)) {
                assertThat(inside.members().authenticate(login, password, null))
                        .as("%s has no password there", login)
                        .isEmpty();
            }
        }
    }

    @Test
    void expiresOnlyIfItIsATrial() {
        assertThat(saas.tenants()
                        .create(wish.toBuilder().trial(true).build())
                        .tenant()
                        .expiresAt())
                .isEqualTo(fixture.clock.instant().plus(Duration.ofDays(2)));
        assertThat(saas.tenants().create(wish).tenant().expiresAt()).isNull();
    }

    @Test
    void getsANewNumberOfAtLeastThreeDigits() {
        assertThat(saas.tenants().create(wish).tenant().name()).isEqualTo("client-001");
        assertThat(saas.tenants().create(wish).tenant().name()).isEqualTo("client-002");
        for (int i = 3; i < 1000; i++) {
            saas.plans().generateName(plan.id());
        }
        assertThat(saas.tenants().create(wish).tenant().name()).isEqualTo("client-1000");
    }

    @Test
    void usesAsciiDigitsInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(saas.tenants()
                            .create(wish.toBuilder().trial(true).build())
                            .tenant()
                            .name())
                    .isEqualTo("client-001");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void skipsTakenReservedAndForeignNames() {
        make("client-001");
        Tenant gone = make("client-002");
        saas.tenants().delete(gone.id());
        fixture.storage.putForeign("client-003");
        fixture.storage.putForeign("client-004");

        assertThat(saas.tenants()
                        .create(wish.toBuilder().idempotencyKey("key").build())
                        .tenant()
                        .name())
                .isEqualTo("client-005");
        assertThat(saas.tenants()
                        .create(wish.toBuilder().idempotencyKey("key").build())
                        .tenant()
                        .name())
                .isEqualTo("client-005");

        Saas other = fixture.builder(MemoryBackend.create())
                .mainDatabase("client-001")
                .open();
        Plan same = other.plans().create(plan);
        User someone = other.accounts()
                .signUp(SignUp.builder("someone", "Someone", "secret").build());
        assertThat(other.plans().generateName(same.id())).isEqualTo("client-002");
        assertThat(other.tenants()
                        .create(CreateTenant.onPlan(same).owner(someone).build())
                        .tenant()
                        .name())
                .isEqualTo("client-003");
    }

    @Test
    void needsANameIfItsPlanHasNoNameTemplate() {
        Plan nameless = fixture.plan(Plan.builder("Nameless"));
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(nameless).owner(owner).build()))
                .isEqualTo(ErrorCodes.PLAN_NO_NAME_TEMPLATE);
        Plan fixed = fixture.plan(Plan.builder("Fixed").dbNameTemplate("fixed"));
        CreateTenant once = CreateTenant.onPlan(fixed).owner(owner).build();
        assertThat(saas.tenants().create(once).tenant().name()).isEqualTo("fixed");
        assertRefusal(() -> saas.tenants().create(once)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
    }

    static Stream<String> wrongNames() {
        return Stream.of(
                "",
                " ",
                "x\"; drop database y; --",
                "a".repeat(64),
                "a".repeat(80),
                "a".repeat(1_000_000),
                "Shop",
                "shop.",
                ".shop",
                "a..b",
                "-shop",
                "shop-",
                "shop-.com",
                "sh op",
                "shop\n",
                "sh\0op",
                "shop_1",
                "shöp",
                "../shop",
                "shop/../other",
                "postgres",
                "template0",
                "template1",
                "portal.localhost");
    }

    @ParameterizedTest(name = "case {index}")
    @MethodSource("wrongNames")
    void refusesInvalidNamesAndLeavesNothingBehind(String name) {
        SaasException refusal = refusal(() -> make(name));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertThat(String.valueOf(refusal.getMessage())).hasSizeLessThan(400).doesNotContain("\n", "\0");
        assertThat(saas.tenants().count(Filter.all())).isZero();
        assertThat(saas.operations().count(Filter.all())).isZero();
        Tenant shop = make("shop");
        assertRefusal(() -> saas.tenants().rename(shop.id(), name)).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1", "shop.example.com", "xn--bcher-kva.example", "a-b.c--d.0"})
    void acceptsAnyNameOfTheDomainNameSystem(String name) {
        assertThat(make(name).name()).isEqualTo(name);
        assertThat(make("a".repeat(63)).name()).hasSize(63);
    }

    @Test
    void refusesATakenName() {
        make("shop");
        SaasException refusal = refusal(() -> make("shop"));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertThat(refusal).hasMessageContaining("shop");
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
    }

    @Test
    void refusesTheNameOfAForeignDatabaseAndLeavesItAlone() {
        fixture.storage.putForeign("shop");

        assertRefusal(() -> make("shop")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);

        assertThat(fixture.storage
                        .databases(saas.servers().get(new ServerId(1)))
                        .exists("shop"))
                .isTrue();
        assertThat(saas.tenants().count(Filter.all())).isZero();
        assertThat(saas.operations().list(Query.all()))
                .singleElement()
                .extracting(Operation::state, Operation::errorCode)
                .containsExactly(OperationState.FAILED, ErrorCodes.TENANT_NAME_TAKEN);
    }

    @Test
    void belongsToTheGivenOwnerOrTheActingAdministrator() {
        Saas administrator = saas.actingAs(Fixture.ADMINISTRATOR);
        Tenant tenant = administrator
                .tenants()
                .create(CreateTenant.onPlan(plan).build())
                .tenant();
        assertThat(tenant.ownerId()).isEqualTo(Fixture.ADMINISTRATOR);
        Member member = saas.database(tenant.name())
                .members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0);
        assertThat(member.id())
                .as("the owner whose login is the administrator's is the administrator")
                .isEqualTo(Member.ADMINISTRATOR);
        assertRefusal(() -> saas.tenants().create(CreateTenant.onPlan(plan).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
    }

    @Test
    void refusesMissingRecordsAndLeavesNothingBehind() {
        saas.accounts()
                .update(owner.id(), each -> each.toBuilder().active(false).build());
        assertRefusal(() -> saas.tenants().create(wish)).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        saas.accounts().update(owner.id(), each -> each.toBuilder().active(true).build());
        assertRefusal(() -> saas.tenants()
                        .create(wish.toBuilder().owner(new UserId(99)).build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> saas.tenants()
                        .create(wish.toBuilder().customer(new CustomerId(99)).build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(new PlanId(99)).owner(owner).build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> saas.tenants().create(wish.toBuilder().lang("\0").build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        CreateTenant lone = CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                .build();
        assertRefusal(() -> saas.tenants()
                        .create(lone.toBuilder().customer(new CustomerId(99)).build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.tenants().count(Filter.all())).isZero();
        assertThat(saas.operations().count(Filter.all())).isZero();
    }

    @Test
    void takesTheRequestedIdentityOnce() {
        UUID uuid = UUID.fromString("1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b");
        Tenant tenant =
                saas.tenants().create(wish.toBuilder().uuid(uuid).build()).tenant();
        assertThat(tenant.uuid()).isEqualTo(uuid);
        assertRefusal(() -> saas.tenants().create(wish.toBuilder().uuid(uuid).build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        saas.tenants().delete(tenant.id());
        assertRefusal(() -> saas.tenants().create(wish.toBuilder().uuid(uuid).build()))
                .as("an identity is never used again")
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
    }

    @Test
    void signsItsOwnerInOnceWithinAnHourByLink() {
        make("other");
        CreatedTenant created =
                saas.tenants().create(wish.toBuilder().name("shop").build());
        String token = Objects.requireNonNull(created.signInLink()).token();

        assertThat(created.signInLink().expiresAt())
                .isEqualTo(fixture.clock.instant().plus(Duration.ofHours(1)));
        String url = created.signInLink().url().toString();
        assertThat(url).isEqualTo("http://shop.portal.localhost:8069/saas_client/new_database?access_token=" + token);
        assertThat(created.toString()).doesNotContain(token);
        assertThat(saas.access().redeem("other", token)).isEmpty();
        assertThat(saas.access().redeem("portal.localhost", token)).isEmpty();
        fixture.clock.advance(Duration.ofHours(1).minusNanos(1000));
        assertThat(saas.access().redeem("shop", token)).hasValueSatisfying(redeemed -> {
            assertThat(redeemed.member().login()).isEqualTo("owner@example.com");
            assertThat(redeemed.tenant()).isEqualTo(created.tenant());
        });
        assertThat(saas.access().redeem("shop", token)).isEmpty();
    }

    @Test
    void hasANameAndAnAdministratorButNoOwnerOutsidePlans() {
        CreateTenant lone = CreateTenant.outsidePlans("lone", new Administrator(" Boss ", "secret"))
                .lang("fr_FR")
                .build();
        CreatedTenant created = saas.tenants().create(lone);

        assertThat(created.signInLink()).isNull();
        assertThat(created.tenant().ownerId()).isNull();
        assertThat(created.tenant().planId()).isNull();
        assertThat(created.tenant().lang()).isEqualTo("fr_FR");
        assertThat(saas.database("lone").members().authenticate("boss", "secret", null))
                .hasValueSatisfying(member -> assertThat(member.id()).isEqualTo(Member.ADMINISTRATOR));
        assertThat(saas.operations().list(Query.all()).toString()).doesNotContain("secret", "pbkdf2");
        assertRefusal(() -> saas.access().issue(created.tenant().id())).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().create(lone.toBuilder().name(null).build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.outsidePlans("more", null)
                                .name("more")
                                .build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.outsidePlans("x", new Administrator("boss", ""))
                                .build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.outsidePlans("x", new Administrator("", "secret"))
                                .build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.outsidePlans("x", new Administrator("__system__", "secret"))
                                .build()))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
    }

    @Test
    void mayHaveAnAdministratorNextToItsOwner() {
        CreateTenant both = new CreateTenant(
                plan.id(),
                "both",
                owner.id(),
                null,
                false,
                false,
                null,
                new Administrator("boss", "secret"),
                null,
                Map.of(),
                null);
        saas.tenants().create(both);
        assertThat(saas.database("both").members().authenticate("boss", "secret", null))
                .isPresent();
        CreateTenant same = new CreateTenant(
                plan.id(),
                "same",
                owner.id(),
                null,
                false,
                false,
                null,
                new Administrator("Owner@example.com", "secret"),
                null,
                Map.of(),
                null);
        assertRefusal(() -> saas.tenants().create(same)).isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
    }

    @Test
    void forgetsTheAdministratorsPasswordOnceItIsFinished() {
        fixture.storage.putForeign("foreign");
        Administrator boss = new Administrator("boss", "secret");
        saas.tenants().create(CreateTenant.outsidePlans("lone", boss).build());
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.outsidePlans("foreign", boss).build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertThat(saas.operations().list(Query.all()))
                .hasSize(2)
                .allSatisfy(operation -> assertThat(
                                fixture.row(operation.id()).input().values())
                        .noneMatch(value -> value.contains("pbkdf2")));
    }
}
