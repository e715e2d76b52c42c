// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.host;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.CustomDomain;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.hook.DomainVerifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CustomDomainsTest {
    private static final String HOST = "www.customer.com";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(Plan.builder("Shop"));
    private final Tenant shop = tenant("shop");

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant tenant(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private Tenant lone(String name) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans(name, new Administrator("boss", "secret"))
                        .build())
                .tenant();
    }

    /** The domain verifier of the tests. */
    private static final class Registry implements DomainVerifier {
        private final Set<String> proven = new HashSet<>();

        @Override
        public String instructions(Tenant tenant, String host) {
            return "Publish a record TXT at _allotment." + host + " with " + tenant.uuid() + ".";
        }

        @Override
        public boolean verify(Tenant tenant, String host) {
            return proven.contains(host + " " + tenant.uuid());
        }
    }

    @Test
    void findsTheTenantByCustomDomainInAnySpellingAndAfterARename() {
        CustomDomain domain = saas.customDomains().add(shop.id(), "WWW.Customer.com.");

        assertThat(domain.host()).isEqualTo(HOST);
        assertThat(domain.verifiedAt()).isEqualTo(fixture.clock.instant());
        for (String sent : List.of(
                HOST, "www.customer.com:8069", "WWW.CUSTOMER.COM", "www.customer.com.", "Www.customer.com.:443")) {
            assertThat(saas.tenants().findByHost(sent)).as(sent).contains(shop);
        }
        assertThat(saas.tenants().findByHost("SHOP.portal.localhost:8069")).contains(shop);
        assertThat(saas.tenants().findByHost("customer.com")).isEmpty();
        assertThat(saas.tenants().findByHost("")).isEmpty();
        Tenant renamed = saas.tenants().rename(shop.id(), "store");
        assertThat(saas.tenants().findByHost(HOST)).contains(renamed);
        assertThat(saas.tenants().host(renamed)).as("its own").isEqualTo("store.portal.localhost");
        assertThat(saas.customDomains().list(Query.where(Filter.equal(CustomDomain.TENANT_ID, shop.id()))))
                .containsExactly(domain);
        assertThat(saas.customDomains().add(shop.id(), HOST))
                .as("a second time")
                .isEqualTo(domain);

        saas.customDomains().remove(domain.id());

        assertThat(saas.tenants().findByHost(HOST)).isEmpty();
        assertRefusal(() -> saas.customDomains().remove(domain.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.events()
                        .list(Query.where(Filter.equal(Event.TENANT_ID, shop.id()))
                                .orderBy(Event.ID)))
                .extracting(Event::type)
                .containsExactly(
                        EventType.TENANT_CREATED,
                        EventType.TENANT_DOMAIN_ADDED,
                        EventType.TENANT_RENAMED,
                        EventType.TENANT_DOMAIN_REMOVED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "customer",
                "no host.com",
                "*.customer.com",
                "-a.customer.com",
                "customer..com",
                "192.0.2.1",
                "[2001:db8::1]",
                "exa\u0301mple.com",
                "www.customer.com/shop",
                "portal.localhost",
                "other.portal.localhost"
            })
    void refusesInvalidHostsAndThoseOfTheProvider(String host) {
        assertRefusal(() -> saas.customDomains().add(shop.id(), host)).isEqualTo(ErrorCodes.DOMAIN_HOST_INVALID);
    }

    @Test
    void refusesHostsThatADatabaseServerGives() {
        saas.servers()
                .update(
                        new ServerId(1),
                        each -> each.toBuilder()
                                .clientsHostTemplate("{dbname}.clients.example.net")
                                .build());
        assertRefusal(() -> saas.customDomains().add(shop.id(), "any.clients.example.net"))
                .isEqualTo(ErrorCodes.DOMAIN_HOST_INVALID);
        saas.servers()
                .update(
                        new ServerId(1),
                        each -> each.toBuilder()
                                .clientsHostTemplate("apps.example.net/{dbname}")
                                .build());
        assertRefusal(() -> saas.customDomains().add(shop.id(), "apps.example.net"))
                .isEqualTo(ErrorCodes.DOMAIN_HOST_INVALID);
        assertThat(saas.customDomains()
                        .add(shop.id(), "any.clients.example.net")
                        .host())
                .isEqualTo("any.clients.example.net");
    }

    @Test
    void refusesHostsAndNamesOfOtherTenants() {
        Tenant other = tenant("www.other.com");
        Tenant gone = tenant("www.gone.com");
        saas.tenants().delete(gone.id());
        saas.customDomains().add(other.id(), HOST);

        for (String host : List.of(HOST, "www.other.com", "www.gone.com")) {
            assertRefusal(() -> saas.customDomains().add(shop.id(), host))
                    .as(host)
                    .isEqualTo(ErrorCodes.DOMAIN_HOST_TAKEN);
        }
        assertRefusal(() -> lone(HOST)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> saas.tenants().rename(shop.id(), HOST)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> saas.tenants().rename(other.id(), HOST))
                .as("its own host, which it already has")
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        saas.tenants().delete(other.id());
        assertThat(saas.customDomains().count(Filter.all())).isZero();
        assertThat(saas.customDomains().add(shop.id(), HOST).tenantId()).isEqualTo(shop.id());
    }

    @Test
    void keepsTheDomainOfASoftDeletedTenantButDoesNotResolveIt() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.customDomains().add(shop.id(), HOST);
        saas.tenants().delete(shop.id());
        assertThat(saas.tenants().findByHost(HOST)).isEmpty();
        assertRefusal(() -> lone(HOST)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> saas.customDomains().add(shop.id(), "www.more.com")).isEqualTo(ErrorCodes.TENANT_STATE);
        saas.tenants().restore(shop.id());
        assertThat(saas.tenants().findByHost(HOST)).isPresent();
        saas.tenants().purge(shop.id());
        assertThat(lone(HOST).name()).isEqualTo(HOST);
    }

    @Test
    void verifiesTheDomainIfTheEmbedderHasAVerifier() {
        Registry registry = new Registry();
        Saas asking = fixture.builder(fixture.backend).domainVerifier(registry).open();
        Saas own = asking.actingAs(owner.id());
        assertThat(own.customDomains().instructions(shop.id(), HOST).orElseThrow())
                .contains(shop.uuid().toString(), HOST);
        assertThat(refusal(() -> own.customDomains().add(shop.id(), HOST)))
                .hasMessageContaining("Publish a record TXT")
                .extracting("code")
                .isEqualTo(ErrorCodes.DOMAIN_NOT_PROVEN);
        assertRefusal(() -> asking.customDomains().add(shop.id(), HOST))
                .as("an administrator is verified like every other account")
                .isEqualTo(ErrorCodes.DOMAIN_NOT_PROVEN);
        registry.proven.add(HOST + " " + shop.uuid());

        CustomDomain domain = own.customDomains().add(shop.id(), HOST);

        assertThat(domain.addedBy()).isEqualTo("owner@example.com");
        assertThat(own.customDomains().list(Query.all())).containsExactly(domain);
        own.customDomains().remove(domain.id());
        assertThat(own.customDomains().list(Query.all())).isEmpty();
    }

    @Test
    void showsDomainsToTheirOwnersAndLetsOnlyAdministratorsAddUnverifiedOnes() {
        Saas asking = fixture.builder(fixture.backend)
                .domainVerifier(new DomainVerifier() {
                    @Override
                    public String instructions(Tenant tenant, String host) {
                        return "Nothing to do.";
                    }

                    @Override
                    public boolean verify(Tenant tenant, String host) {
                        return true;
                    }
                })
                .open();
        Saas stranger = asking.actingAs(fixture.signUp("stranger@example.com").id());
        CustomDomain domain = saas.customDomains().add(shop.id(), HOST);
        assertThat(stranger.customDomains().list(Query.all())).isEmpty();
        assertRefusal(() -> stranger.customDomains().add(shop.id(), "www.else.com"))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.customDomains().remove(domain.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.customDomains().instructions(shop.id(), HOST))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        Saas own = saas.actingAs(owner.id());
        assertRefusal(() -> own.customDomains().add(shop.id(), "www.else.com"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.customDomains().remove(domain.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(own.customDomains().find(domain.id())).contains(domain);
        assertThat(own.customDomains().instructions(shop.id(), HOST)).isEmpty();
        assertRefusal(() -> saas.customDomains().add(new TenantId(99), HOST)).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void allowsFiftyDomainsAtMost() {
        for (int i = 0; i < 50; i++) {
            saas.customDomains().add(shop.id(), "n" + i + ".customer.com");
        }
        assertRefusal(() -> saas.customDomains().add(shop.id(), "one-more.customer.com"))
                .isEqualTo(ErrorCodes.DOMAIN_LIMIT_REACHED);
    }

    @Test
    void givesAContestedDomainToOneTenantAndRefusesTheOther() {
        Tenant other = tenant("other");
        Saas asking = fixture.builder(fixture.backend)
                .domainVerifier(new DomainVerifier() {
                    @Override
                    public String instructions(Tenant tenant, String host) {
                        return "Nothing to do.";
                    }

                    @Override
                    public boolean verify(Tenant tenant, String host) {
                        saas.customDomains().add(other.id(), host);
                        return true;
                    }
                })
                .open();
        assertRefusal(() -> asking.customDomains().add(shop.id(), HOST)).isEqualTo(ErrorCodes.DOMAIN_HOST_TAKEN);
        assertThat(saas.tenants().findByHost(HOST)).contains(other);
    }

    private Tenant ofAnother(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("other@example.com"))
                        .name(name)
                        .build())
                .tenant();
    }

    @Test
    void refusesHostsBelowThoseOfOtherCustomersAndOfServers() {
        Tenant victim = ofAnother("victim.example.org");
        saas.customDomains().add(victim.id(), "www.victim.net");
        saas.servers().create(Server.builder("second").host("db2.example.net").build());

        for (String host : List.of(
                "x.victim.example.org",
                "a.b.victim.example.org",
                "x.www.victim.net",
                "db2.example.net",
                "x.db2.example.net")) {
            assertRefusal(() -> saas.customDomains().add(shop.id(), host))
                    .as(host)
                    .isEqualTo(ErrorCodes.DOMAIN_HOST_INVALID);
        }
        saas.customDomains().add(victim.id(), "x.victim.example.org");
        saas.customDomains().add(shop.id(), "victim.net");
    }

    @Test
    void refusesNamesWhoseHostIsBelowThatOfAnotherCustomer() {
        ofAnother("victim.example.org");

        assertRefusal(() -> tenant("x.victim.example.org")).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> saas.tenants().rename(shop.id(), "x.victim.example.org"))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        Tenant mine = tenant("mine.example.org");
        assertThat(tenant("x.mine.example.org").customerId()).isEqualTo(mine.customerId());
    }
}
