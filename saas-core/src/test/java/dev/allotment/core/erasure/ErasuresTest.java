// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.erasure;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.core.Traces;
import dev.allotment.erasure.ErasureProof;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ErasuresTest {
    /** Contained in every text of the erased customer, and in no other. */
    private static final String TRACE = "quagga";

    private static final String LOGIN = "zoe@quagga.example";

    private final Fixture fixture = new Fixture(TestAddon.of("sale"));
    private final User boss = fixture.administrator("boss@example.com");
    private final Saas saas = fixture.saas.actingAs(boss.id(), "203.0.113.9");
    private final Plan plan = fixture.plan(Plan.builder("Gold"));
    private final User zoe = saas.accounts()
            .signUp(
                    SignUp.builder(LOGIN, "Zoe Quagga", Fixture.PASSWORD)
                            .email("post@quagga.example")
                            .build(),
                    "192.0.2.7");
    private final CustomerId customer = zoe.customerId();
    private final Saas own = saas.actingAs(zoe.id(), "192.0.2.7");

    private Tenant tenant(User owner, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name(name)
                        .idempotencyKey("order of " + name)
                        .build())
                .tenant();
    }

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private List<String> typesWithTraces() {
        return Traces.of(fixture.storage, TRACE).stream()
                .map(each -> each.substring(0, each.indexOf(' ')))
                .distinct()
                .toList();
    }

    private List<Event> events(EventType type) {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, type)).orderBy(Event.ID));
    }

    /** Leaves a trace in each type of record that can have one. */
    private Tenant live() {
        saas.customers()
                .update(
                        customer,
                        each -> each.toBuilder()
                                .name("Quagga Ltd.")
                                .email("office@quagga.example")
                                .attribute("crm.name", "quagga-4711")
                                .build());
        Tenant shop = tenant(zoe, "quagga-shop");
        saas.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder()
                                .tags(List.of("quagga-tag"))
                                .attribute("crm.contract", "quagga-contract")
                                .build());
        saas.customDomains().add(shop.id(), "www.quagga.example");
        saas.customDomains().add(shop.id(), "old.quagga.example");
        saas.customDomains()
                .remove(saas.customDomains().list(Query.all()).stream()
                        .filter(each -> each.host().startsWith("old"))
                        .findFirst()
                        .orElseThrow()
                        .id());
        Tenant old = saas.tenants().rename(tenant(zoe, "quagga-old").id(), "quagga-new");
        saas.tenants().extend(old.id(), fixture.clock.instant().plus(Duration.ofDays(3)), "Quagga called");
        saas.backups().create(old.id(), null);
        saas.tenants().sync(old.id());
        saas.tenants().purge(tenant(zoe, "quagga-gone").id());
        own.apiKeys()
                .create(new NewApiKey(
                        "quagga backups",
                        ApiKeyScope.READ_ONLY,
                        fixture.clock.instant().plus(Duration.ofDays(9))));
        saas.apiKeys().create(new NewApiKey("for quagga", ApiKeyScope.ofCustomer(customer), null));
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .parameter("company", "Quagga")
                                .build());
        assertRefusal(() -> saas.tenants().rename(shop.id(), "quagga-new")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        return shop;
    }

    @Test
    void removesEveryTraceFromTheCatalog() {
        Tenant shop = live();
        User other = fixture.signUp("other@example.com");
        Tenant market = tenant(other, "market");
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("copy")
                        .customer(other.customerId())
                        .build())
                .tenant();
        saas.tenants().purge(copy.id());
        saas.tenants()
                .extend(
                        market.id(),
                        fixture.clock.instant().plus(Duration.ofDays(9)),
                        "asked by " + LOGIN + " for database \"quagga-shop\".");
        saas.tenants()
                .extend(
                        market.id(),
                        fixture.clock.instant().plus(Duration.ofDays(8)),
                        "not by aa" + LOGIN.replace(TRACE, "okapi") + ", zoe@okapi.example");
        assertThat(typesWithTraces())
                .as("the test leaves traces where there can be some")
                .containsExactlyInAnyOrder(
                        "users",
                        "customers",
                        "tenants",
                        "custom_domains",
                        "reserved_names",
                        "operations",
                        "api_keys",
                        "events",
                        "usage");

        saas.erasures().erase(customer);

        assertThat(Traces.of(fixture.storage, TRACE, "192.0.2.7")).isEmpty();
        assertThat(fixture.backups.list("")).isEmpty();
        assertThat(saas.customers().find(customer)).isEmpty();
        assertThat(saas.accounts().find(zoe.id())).isEmpty();
        assertThat(saas.tenants().get(market.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants().get(shop.id()).name()).isEqualTo("erased-" + shop.id());
        assertThat(events(EventType.SIGNED_UP)).anySatisfy(event -> {
            assertThat(event.userId()).isEqualTo(zoe.id());
            assertThat(event.details()).containsEntry("login", "erased account " + zoe.id());
        });
        assertThat(events(EventType.TENANT_EXTENDED))
                .extracting(each -> each.details().get("reason"))
                .contains(
                        "erased", "asked by erased account " + zoe.id() + " for database \"erased-" + shop.id() + "\".")
                .contains("not by aazoe@okapi.example, zoe@okapi.example");
        assertThat(events(EventType.TENANT_DUPLICATED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("name", "erased-" + copy.id())
                        .containsEntry("source", "erased"));
    }

    @Test
    void removesThePaymentStatesOfTheCustomerOnly() {
        User other = fixture.signUp("other@example.com");
        Tenant market = tenant(other, "market");
        Tenant shop = tenant(zoe, "quagga-shop");
        for (PaymentReport.Builder each : List.of(
                PaymentReport.ofCustomer(customer, PaymentState.UNPAID),
                PaymentReport.ofTenant(shop.id(), PaymentState.PAST_DUE))) {
            saas.payments()
                    .report(each.reference("quagga-17")
                            .payUrl("https://pay.quagga.example/17")
                            .build());
        }
        for (PaymentReport.Builder each : List.of(
                PaymentReport.ofCustomer(other.customerId(), PaymentState.UNPAID),
                PaymentReport.ofTenant(market.id(), PaymentState.PAST_DUE))) {
            saas.payments()
                    .report(each.reference("A-18")
                            .payUrl("https://pay.example.com/18")
                            .build());
        }
        List<Payment> others = saas.payments().list(Query.where(Filter.equal(Payment.CUSTOMER_ID, other.customerId())));
        assertThat(others).hasSize(2);
        assertThat(typesWithTraces()).contains("payments");

        saas.erasures().erase(customer);

        assertThat(saas.payments().list(Query.all())).isEqualTo(others);
        assertThat(Traces.of(fixture.storage, TRACE)).isEmpty();
    }

    @Test
    void includesCreationsThatFailed() {
        fixture.backend.once("before create", () -> {
            throw SaasException.conflict(ErrorCodes.TENANT_STATE, "Database \"quagga-shop\" is broken.");
        });
        CreateTenant command = CreateTenant.onPlan(plan)
                .owner(zoe)
                .name("quagga-shop")
                .administrator(new CreateTenant.Administrator("admin@quagga.example", Fixture.PASSWORD))
                .build();
        assertRefusal(() -> saas.tenants().create(command)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(failed().input()).doesNotContainKeys("adminLogin", "adminHash");
        assertThat(failed().errorMessage()).contains(TRACE);
        saas.operations().abandon(saas.async().create(command).id(), "Quagga waits no longer");

        saas.erasures().erase(customer);

        assertThat(Traces.of(fixture.storage, TRACE)).isEmpty();
        assertThat(failed().errorMessage()).isEqualTo("erased");
        assertThat(events(EventType.OPERATION_ABANDONED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("kind", "CREATE_TENANT")
                        .containsEntry("reason", "erased"));
    }

    private StoredOperation failed() {
        return Consistency.all(fixture.storage, RecordTypes.OPERATIONS).stream()
                .filter(each -> each.state() == OperationState.FAILED)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void provesItWithoutNames() {
        live();

        saas.erasures().erase(customer);

        assertThat(events(EventType.CUSTOMER_ERASED)).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo("boss@example.com");
            assertThat(event.clientAddress()).isEqualTo("203.0.113.9");
            assertThat(event.details())
                    .containsEntry("customer", customer.toString())
                    .containsEntry("accounts", "1")
                    .containsEntry("tenants", "3")
                    .containsKeys("requestedAt", "events", "operations", "usage");
            assertThat(saas.erasures().proof(customer))
                    .contains(new ErasureProof(
                            event.uuid(),
                            customer,
                            "boss@example.com",
                            Instant.parse(event.details().get("requestedAt")),
                            event.at(),
                            1,
                            3,
                            Long.parseLong(event.details().get("events")),
                            Long.parseLong(event.details().get("operations")),
                            Long.parseLong(event.details().get("usage"))));
        });
        assertThat(saas.erasures().proof(boss.customerId())).isEmpty();
        assertThat(events(EventType.TENANT_DELETED)).hasSize(3).allSatisfy(event -> {
            assertThat(event.details())
                    .containsEntry("name", "erased-" + event.tenantId())
                    .containsEntry("requestedBy", "boss@example.com")
                    .containsKeys("uuid", "verified", "verifiedAt");
            assertThat(saas.tenants().proofOfDeletion(Objects.requireNonNull(event.tenantId())))
                    .isPresent();
        });
    }

    @Test
    void includesSoftDeletedTenantsAndPreviewCopies() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant shop = tenant(zoe, "quagga-shop");
        Tenant preview = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("quagga-preview")
                        .preview(48)
                        .build())
                .tenant();
        saas.tenants().delete(shop.id());

        saas.erasures().erase(customer);

        assertThat(List.of(shop.id(), preview.id()))
                .allMatch(id -> saas.tenants().get(id).state() == TenantState.DELETED);
        assertThat(Traces.of(fixture.storage, TRACE)).isEmpty();
    }

    @Test
    void changesNothingThatOthersDid() {
        User other = fixture.signUp("other@example.com");
        User mallory = fixture.signUp("true");
        saas.accounts()
                .update(
                        mallory.id(),
                        each -> each.toBuilder().email("Boss@example.com").build());
        tenant(mallory, "gold");
        Tenant market = tenant(other, "market");
        saas.tenants()
                .extend(market.id(), fixture.clock.instant().plus(Duration.ofDays(9)), "gold, as \"gold\" is, true");
        assertRefusal(() -> saas.tenants().rename(market.id(), "gold")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        List<Event> events = saas.events().list(Query.all()).stream()
                .filter(each -> !mallory.id().equals(each.userId()))
                .filter(each -> each.tenantId() == null || each.tenantId().equals(market.id()))
                .toList();
        assertThat(events).extracting(Event::actor).contains(boss.login());
        List<Operation> operations =
                saas.operations().list(Query.where(Filter.equal(Operation.TENANT_ID, market.id())));

        saas.erasures().erase(mallory.customerId());

        assertThat(saas.events().list(Query.all())).containsAll(events);
        assertThat(saas.operations().list(Query.where(Filter.equal(Operation.TENANT_ID, market.id()))))
                .isEqualTo(operations);
        assertThat(saas.accounts().findByLogin("true")).isEmpty();
    }

    @Test
    void isForAdministratorsAndRepeatable() {
        assertRefusal(() -> own.erasures().erase(customer)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.erasures().proof(customer)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> saas.erasures().erase(new CustomerId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);

        saas.erasures().erase(customer);
        saas.erasures().erase(customer);

        assertThat(events(EventType.CUSTOMER_ERASED)).hasSize(1);
        assertRefusal(() -> saas.actingAs(zoe.id())).isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void isRequestedAndWithdrawnByTheAccountItself() {
        Instant first = fixture.clock.instant();
        assertThat(own.erasures().request(zoe.id()).erasureRequestedAt()).isEqualTo(first);
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(own.erasures().request(zoe.id()).erasureRequestedAt())
                .as("the time of the first request counts")
                .isEqualTo(first);
        Filter<User> open = Filter.notEqual(User.ERASURE_REQUESTED_AT, null);
        assertThat(saas.accounts().list(Query.where(open))).extracting(User::id).containsExactly(zoe.id());
        assertThat(saas.accounts()
                        .update(
                                zoe.id(),
                                each -> each.toBuilder()
                                        .erasureRequestedAt(null)
                                        .build())
                        .erasureRequestedAt())
                .as("only a withdrawal ends it")
                .isEqualTo(first);
        assertThat(events(EventType.ERASURE_REQUESTED))
                .singleElement()
                .extracting(Event::userId, Event::actor, Event::details)
                .containsExactly(zoe.id(), LOGIN, Map.of("requestedAt", first.toString()));

        assertThat(own.erasures().withdraw(zoe.id()).erasureRequestedAt()).isNull();
        own.erasures().withdraw(zoe.id());
        assertThat(saas.accounts().count(open)).isZero();
        assertThat(events(EventType.ERASURE_WITHDRAWN)).hasSize(1);
        assertThat(saas.erasures().request(zoe.id()).erasureRequestedAt())
                .as("an administrator records a request that came by mail")
                .isEqualTo(fixture.clock.instant());
    }

    @Test
    void isNotRequestedForOthersNorForAdministrators() {
        User other = fixture.signUp("other@example.com");
        Saas another = saas.actingAs(other.id());
        assertRefusal(() -> another.erasures().request(zoe.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        own.erasures().request(zoe.id());
        assertRefusal(() -> another.erasures().withdraw(zoe.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> saas.erasures().request(boss.id())).isEqualTo(ErrorCodes.RECORD_IN_USE);
        assertRefusal(() -> saas.erasures().request(new UserId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void isRefusedWhileAnAccountIsAnAdministratorOrOwnsATenantOfAnotherCustomer() {
        User other = fixture.signUp("other@example.com");
        Tenant shop = tenant(zoe, "quagga-shop");
        saas.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder().customerId(other.customerId()).build());

        assertRefusal(() -> saas.erasures().erase(boss.customerId())).isEqualTo(ErrorCodes.RECORD_IN_USE);
        assertRefusal(() -> saas.erasures().erase(customer)).isEqualTo(ErrorCodes.RECORD_IN_USE);

        assertThat(saas.accounts().get(zoe.id()).active()).isTrue();
        saas.tenants().purge(shop.id());
        saas.erasures().erase(customer);
        assertThat(saas.accounts().find(zoe.id())).isEmpty();
    }

    @Test
    void includesATenantThatTheCustomerGetsMeanwhile() {
        Tenant market = tenant(fixture.signUp("other@example.com"), "market");
        tenant(zoe, "quagga-shop");
        fixture.backend.once("after drop", () -> {
            saas.tenants()
                    .update(
                            market.id(),
                            each -> each.toBuilder().customerId(customer).build());
            assertRefusal(() -> saas.erasures().erase(customer)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        });

        saas.erasures().erase(customer);

        assertThat(saas.tenants().get(market.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(events(EventType.CUSTOMER_ERASED))
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("tenants", "2"));
    }

    @Test
    void waitsForADatabaseServerThatIsDown() {
        Tenant shop = tenant(zoe, "quagga-shop");
        Operation erasure = saas.async().eraseCustomer(customer);
        assertRefusal(() -> saas.erasures().erase(customer)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        fixture.backend.watch(step -> {
            if (step.equals("before drop")) {
                throw new IllegalStateException("The server is down");
            }
        });

        saas.operations().recover();

        assertThat(saas.operations().get(erasure.id()).state()).isEqualTo(OperationState.RUNNING);
        assertThat(saas.accounts().get(zoe.id()).active()).as("closed first").isFalse();
        assertRefusal(() -> own.accounts().get(zoe.id())).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(saas.accounts().authenticate(LOGIN, Fixture.PASSWORD, null)).isEmpty();
        assertThat(events(EventType.CUSTOMER_ERASED)).isEmpty();

        fixture.backend.unwatch();
        saas.operations().recover();

        assertThat(saas.operations().get(erasure.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(Traces.of(fixture.storage, TRACE)).isEmpty();
    }

    @Test
    void waitsForOperationsThatNameTheCustomer() {
        User former = fixture.administrator("quagga@example.com");
        Saas before = saas.actingAs(former.id(), "192.0.2.7");
        tenant(zoe, "quagga-shop");
        Operation paused = start(before, Filter.all());
        Operation other = start(saas, Filter.equal(Tenant.NAME, "okapi-shop"));
        Operation named = start(saas, Filter.equal(Tenant.NAME, "quagga-shop"));
        saas.accounts()
                .update(former.id(), each -> each.toBuilder().role(Role.PORTAL).build());
        CustomerId theirs = saas.accounts().get(former.id()).customerId();

        assertRefusal(() -> saas.erasures().erase(theirs)).isEqualTo(ErrorCodes.TENANT_BUSY);
        Operation erasure = saas.async().eraseCustomer(customer);
        saas.operations().recover();

        assertThat(saas.operations().get(erasure.id()).state()).isEqualTo(OperationState.RUNNING);
        assertThat(events(EventType.CUSTOMER_ERASED)).isEmpty();
        saas.operations().cancel(paused.id());
        saas.operations().cancel(named.id());
        saas.operations().recover();

        assertThat(events(EventType.CUSTOMER_ERASED)).hasSize(2);
        assertThat(saas.operations().get(paused.id()).startedBy()).isEqualTo("erased account " + former.id());
        assertThat(saas.operations().get(other.id()).state()).isEqualTo(OperationState.PAUSED);
        assertThat(Traces.of(fixture.storage, TRACE, "192.0.2.7")).isEmpty();
        saas.operations().cancel(other.id());
    }

    private static Operation start(Saas by, Filter<Tenant> filter) {
        Operation started = by.campaigns()
                .start(Campaign.of(CampaignChange.addons("sale")).filter(filter).build());
        return by.campaigns().pause(started.id());
    }

    @Test
    void replacesFormerNamesOfTenants() {
        User other = fixture.signUp("other@example.com");
        Tenant market = tenant(other, "market");
        Tenant shop = tenant(zoe, "quagga-shop");
        saas.tenants().rename(saas.tenants().rename(shop.id(), "plain-1").id(), "plain-2");
        Tenant taken = saas.tenants().rename(tenant(zoe, "shared-1").id(), "plain-3");
        Tenant preview = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id())
                        .name("quagga-preview")
                        .preview(48)
                        .build())
                .tenant();
        saas.tenants().rename(preview.id(), "plain-4");
        fixture.clock.advance(Duration.ofDays(31));
        saas.tenants().rename(market.id(), "shared-1");
        saas.tenants()
                .extend(
                        market.id(),
                        fixture.clock.instant().plus(Duration.ofDays(9)),
                        "database \"quagga-shop\", tenant \"plain-1\", tenant \"quagga-preview\", tenant \"shared-1\"");

        saas.erasures().erase(customer);

        assertThat(events(EventType.TENANT_EXTENDED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry(
                                "reason",
                                ("database \"erased-%s\", tenant \"erased-%s\", tenant \"erased-%s\","
                                                + " tenant \"shared-1\"")
                                        .formatted(shop.id(), shop.id(), preview.id())));
        assertThat(saas.tenants().get(taken.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(Traces.of(fixture.storage, TRACE)).isEmpty();
    }

    /** The details of an event about a tenant of a customer, or one of its accounts. */
    private record Details(String kept, String replaced) {}

    /** Returns null for an event that is about neither. */
    private static @Nullable Details details(EventType type) {
        return switch (type) {
            case SIGNED_UP -> new Details("", "login");
            case PASSWORD_CHANGED -> new Details("imported", "");
            case NEW_DEVICE -> new Details("", "browser");
            case FACTOR_CODE_USED -> new Details("left", "");
            case FACTOR_SET, FACTOR_TURNED_OFF, FACTOR_RESET, FACTOR_CODES_RENEWED -> new Details("", "");
            case PASSKEY_ADDED, PASSKEY_REMOVED -> new Details("passkey", "");
            case IDENTITY_LINKED, IDENTITY_UNLINKED -> new Details("provider", "");
            case API_KEY_CREATED -> new Details("key scope expires", "name user");
            case API_KEY_ROTATED -> new Details("key scope expires replaces", "name user");
            case API_KEY_REVOKED -> new Details("key", "name user");
            case TENANT_CREATED -> new Details("plan notify", "name");
            case TENANT_DUPLICATED -> new Details("neutralised expiresAt server sourceServer", "name source");
            case TENANT_ADOPTED -> new Details("plan", "name");
            case TENANT_CONFIGURED -> new Details("install update uninstall suspended before", "");
            case TENANT_MIGRATED -> new Details("from to before", "");
            case TENANT_RENAMED -> new Details("", "from to");
            case TENANT_MOVED -> new Details("from to", "name");
            case TENANT_DOMAIN_ADDED, TENANT_DOMAIN_REMOVED -> new Details("", "host");
            case TENANT_CHANGED -> new Details("maxUsers.from maxUsers.to", "name tags.from tags.to");
            case TENANT_PLAN_SWITCHED -> new Details("from to installed removed forced", "");
            case TENANT_EXTENDED -> new Details("from to", "reason");
            case TENANT_EXPIRING -> new Details("expiresAt", "");
            case TENANT_STORAGE_EXCEEDED -> new Details("used limit", "name");
            case TENANT_SUSPENDED -> new Details("cause notify", "reason");
            case TENANT_RESUMED -> new Details("cause", "");
            case TENANT_RETAINED -> new Details("until account", "name");
            case TENANT_RESTORED, TENANT_ENTERED, TENANT_EXPORTED, RIGHTS_REVOKED -> new Details("", "name");
            case OPERATION_ABANDONED -> new Details("operation kind step node", "reason remains");
            case TENANT_BACKED_UP -> new Details("", "name backup");
            case TENANT_DELETED ->
                new Details("uuid server requestedAt verified verifiedAt backups files", "name requestedBy backup");
            case TENANT_REPAIRED -> new Details("findings", "name");
            case ORPHAN_DROPPED -> new Details("server finding", "database");
            case SESSIONS_ENDED -> new Details("reason count", "name");
            case CUSTOMER_EXPORTED -> new Details("customer tenants", "");
            case BACKUP_CREATED -> new Details("backup bytes sourceServer", "name");
            case BACKUP_RESTORED -> new Details("backup server neutralised imported expiresAt", "name source");
            case TENANT_RESTORED_IN_PLACE -> new Details("backup before", "name");
            case TENANT_SWAPPED -> new Details("neutralised until", "name with withUuid");
            case BACKUP_DELETED -> new Details("backup reason", "name");
            case BACKUP_SKIPPED -> new Details("limit", "name");
            case PAYMENT_CHANGED -> new Details("customer from to since", "");
            case PAYMENT_DUE -> new Details("customer day since suspendsAt", "name");
            case PART_NOT_RESTORED -> new Details("", "name part");
            case BACKUP_DRILLED -> new Details("backup members", "name");
            case BACKUP_DRILL_FAILED -> new Details("backup error", "name message");
            case USAGE_CLOSED -> new Details("usage day revision value.seats before.records.crm.lead", "");
            case USAGE_CORRECTED -> new Details("usage day", "reason");
            case SUPPORT_ACCESS_REQUESTED, SUPPORT_ACCESS_GRANTED, SUPPORT_ACCESS_REFUSED ->
                new Details("customer supportAccess right expiresAt standing", "");
            case SUPPORT_ACCESS_WITHDRAWN, SUPPORT_ACCESS_REVOKED, SUPPORT_ACCESS_EXPIRED ->
                new Details("customer supportAccess right", "");
            case SUPPORT_ACCESS_USED -> new Details("customer supportAccess right use", "");
            case TEAM_MEMBER_ADDED,
                    TEAM_MEMBER_CHANGED,
                    TEAM_MEMBER_REMOVED,
                    TEAM_INVITATION_CREATED,
                    TEAM_INVITATION_ACCEPTED,
                    TEAM_INVITATION_DECLINED,
                    TEAM_INVITATION_REVOKED,
                    TEAM_FACTOR_CHANGED,
                    IDENTITY_PROVIDER_CREATED,
                    IDENTITY_PROVIDER_CHANGED,
                    IDENTITY_PROVIDER_DELETED,
                    IDENTITY_DOMAIN_VERIFIED,
                    IDENTITY_DOMAIN_LAPSED,
                    IDENTITY_DOMAIN_REMOVED,
                    SUPPORT_SETTING_CHANGED,
                    CATALOG_RESTORED,
                    CATALOG_MOVED,
                    CATALOG_LEFT,
                    CATALOG_SEPARATED,
                    TEMPLATE_BUILT,
                    TEMPLATE_DELETED,
                    SERVER_GIVEN_UP,
                    SERVER_REINSTATED,
                    CUSTOMER_ERASED,
                    ERASURE_REQUESTED,
                    ERASURE_WITHDRAWN,
                    CAMPAIGN_STARTED,
                    CAMPAIGN_PAUSED,
                    CAMPAIGN_RESUMED,
                    CAMPAIGN_ENDED,
                    WEBHOOK_CREATED,
                    WEBHOOK_CHANGED,
                    WEBHOOK_SECRET_ROTATED,
                    WEBHOOK_DISABLED,
                    WEBHOOK_DELETED -> null;
        };
    }

    private static Map<String, String> texts(String keys) {
        return Stream.of(keys.split(" "))
                .filter(key -> !key.isEmpty())
                .collect(Collectors.toMap(key -> key, key -> "quagga " + key));
    }

    @Test
    void decidesOnTheDetailsOfEachTypeOfEvent() {
        Tenant shop = tenant(zoe, "quagga-shop");
        Map<UUID, Details> wanted = new HashMap<>();
        fixture.storage.catalog().transact(tx -> {
            for (EventType type : EventType.values()) {
                Details details = details(type);
                if (details != null) {
                    Map<String, String> texts = new HashMap<>(texts(details.kept()));
                    texts.putAll(texts(details.replaced()));
                    UUID uuid = UUID.randomUUID();
                    tx.records(RecordTypes.EVENTS)
                            .insert(new Event(
                                    0,
                                    uuid,
                                    fixture.clock.instant(),
                                    type,
                                    boss.login(),
                                    null,
                                    shop.id(),
                                    zoe.id(),
                                    texts));
                    wanted.put(uuid, details);
                }
            }
            return null;
        });

        saas.erasures().erase(customer);

        assertThat(saas.events().list(Query.all()).stream().filter(each -> wanted.containsKey(each.uuid())))
                .hasSize(wanted.size())
                .allSatisfy(event -> {
                    Map<String, String> kept = texts(
                            Objects.requireNonNull(wanted.get(event.uuid())).kept());
                    assertThat(event.details()).as("%s", event.type()).containsAllEntriesOf(kept);
                    assertThat(event.details().entrySet())
                            .as("%s", event.type())
                            .filteredOn(each -> !kept.containsKey(each.getKey()))
                            .noneMatch(each -> each.getValue().contains(TRACE));
                });
    }

    @Test
    void refusesLoginsThatLookLikeAPseudonym() {
        for (ThrowingCallable each : List.<ThrowingCallable>of(
                () -> fixture.signUp("Erased account 7"),
                () -> fixture.signUp("Erased"),
                () -> saas.accounts()
                        .update(
                                zoe.id(),
                                user -> user.toBuilder().login("erased").build()))) {
            assertThat(refusal(each))
                    .returns(ErrorCodes.ACCOUNT_LOGIN_TAKEN, SaasException::code)
                    .hasMessageContaining("reserved for accounts that were erased");
        }
        assertThat(saas.accounts().get(zoe.id()).login()).isEqualTo(LOGIN);
        assertThat(Stream.of("erased-7", "erased accountant").map(fixture::signUp))
                .as("these look like none")
                .extracting(User::login)
                .containsExactly("erased-7", "erased accountant");
    }
}
