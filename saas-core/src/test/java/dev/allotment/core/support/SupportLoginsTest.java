// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccesses;
import dev.allotment.testing.DelegatingBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The logins that read end with the sessions of the operators who look. */
final class SupportLoginsTest {
    private static final String WHY = "Ticket 4711: the totals differ";

    private final Fixture fixture = new Fixture();
    private final LoginsBackend backend = new LoginsBackend(fixture.storage);
    private final Saas host = fixture.open(backend);
    private final User ann = fixture.signUp("ann@example.com");
    private final User eve = fixture.signUp("eve@example.com");
    private final User olga = fixture.administrator("olga");
    private final Server second = host.servers()
            .create(Server.builder("second")
                    .host("second.example.com")
                    .clientsHostTemplate("{dbname}")
                    .build());
    private final Tenant shop =
            tenant("shop", host.servers().findByName(Server.DEFAULT_NAME).orElseThrow());
    private final SupportAccesses owner = host.actingAs(ann.id()).supportAccesses();
    private final SupportAccesses operator = host.actingAs(olga.id()).supportAccesses();

    @AfterEach
    void close() {
        host.close();
        fixture.close();
    }

    private Tenant tenant(String name, Server server) {
        Plan plan = host.plans()
                .create(Plan.builder("Shop " + name).serverId(server.id()).build());
        return host.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(ann)
                        .customer(ann.customerId())
                        .name(name + ".example.com")
                        .build())
                .tenant();
    }

    private SupportAccess granted(Tenant tenant) {
        return owner.grant(
                operator.request(NewSupportAccess.look(tenant.id(), WHY)).id(), 24);
    }

    private String session(Tenant tenant, SupportAccess access) {
        return host.supportAccesses()
                .redeem(tenant.name(), operator.open(access.id()).token())
                .orElseThrow()
                .secret();
    }

    private interface Ending {
        void end(SupportLoginsTest test, SupportAccess access, String secret);
    }

    /** What ends a session. */
    private enum End {
        REVOKED((test, access, secret) -> test.owner.revoke(access.id())),
        WITHDRAWN((test, access, secret) -> test.operator.withdraw(access.id())),
        CLOSED((test, access, secret) -> test.host.supportAccesses().closeSession(secret)),
        OPERATOR_WITHOUT_ROLE((test, access, secret) -> test.host
                .accounts()
                .update(
                        test.olga.id(),
                        user -> user.toBuilder().role(Role.BILLING).build())),
        OPERATOR_INACTIVE((test, access, secret) -> test.host
                .accounts()
                .update(test.olga.id(), user -> user.toBuilder().active(false).build())),
        OPERATOR_DELETED((test, access, secret) -> test.host.accounts().delete(test.olga.id())),
        OPERATOR_WITH_NEW_PASSWORD((test, access, secret) ->
                test.host.accounts().setPassword(test.olga.id(), "Another password of an operator")),
        OPERATOR_SIGNED_OUT((test, access, secret) -> test.host
                .access()
                .closeSessions(test.host.mainDatabase(), test.olga.id().value())),
        CUSTOMER_CHANGED((test, access, secret) -> test.host
                .tenants()
                .update(
                        test.shop.id(),
                        tenant -> tenant.toBuilder()
                                .customerId(test.eve.customerId())
                                .build())),
        MEMBER_RENAMED((test, access, secret) -> {
            test.host
                    .database(test.shop.name())
                    .members()
                    .update(
                            test.ownerInside(),
                            each -> each.toBuilder().login("anna@example.com").build());
            assertThat(test.host.supportAccesses().findSession(secret)).isEmpty();
        }),
        TIME_PASSED((test, access, secret) -> {
            test.fixture.clock.advance(Duration.ofHours(24));
            assertThat(test.host.supportAccesses().findSession(secret)).isEmpty();
        });

        private final Ending ending;

        End(Ending ending) {
            this.ending = ending;
        }
    }

    private MemberId ownerInside() {
        return host.database(shop.name())
                .members()
                .list(Query.where(Filter.equal(Member.LOGIN, "ann@example.com")))
                .get(0)
                .id();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aLoginEndsAtOnceWithItsSession(End end) {
        SupportAccess access = granted(shop);
        String secret = session(shop, access);
        host.supportAccesses().readingLogin(secret);
        assertThat(backend.logins).hasSize(1);

        end.ending.end(this, access, secret);

        assertThat(backend.logins).isEmpty();
    }

    @Test
    void aTransferEndsTheSessionsForGood() {
        SupportAccess access = granted(shop);
        String secret = session(shop, access);
        for (User each : List.of(eve, ann)) {
            host.tenants()
                    .update(
                            shop.id(),
                            tenant -> tenant.toBuilder()
                                    .customerId(each.customerId())
                                    .build());
        }

        assertThat(host.supportAccesses().findSession(secret))
                .as("the tenant is back")
                .isEmpty();
        assertThat(host.supportAccesses().uses(access.id()))
                .singleElement()
                .satisfies(use -> assertThat(use.endedAt()).isNotNull());
    }

    @Test
    void theLoginsOnOtherServersEndWhileOneCannotBeReached() {
        SupportAccess access = granted(shop);
        List<String> secrets = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            secrets.add(session(shop, access));
        }
        secrets.forEach(each -> host.supportAccesses().readingLogin(each));
        Tenant other = tenant("other", second);
        SupportAccess elsewhere = granted(other);
        host.supportAccesses().readingLogin(session(other, elsewhere));
        backend.unreachable.addAll(Set.of(Server.DEFAULT_NAME, second.name()));
        owner.revoke(access.id());
        owner.revoke(elsewhere.id());
        assertThat(backend.logins).hasSize(102);
        backend.unreachable.remove(second.name());
        backend.attempts.set(0);

        host.maintenance().run();

        assertThat(backend.logins).hasSize(101).allMatch(each -> each.startsWith(shop.name()));
        assertThat(backend.attempts)
                .as("one at each server that cannot be reached")
                .hasValue(2);
        backend.unreachable.clear();
        host.maintenance().run();
        assertThat(backend.logins).isEmpty();
    }

    /** The backend in memory, with logins that nothing can connect with. */
    private static final class LoginsBackend extends DelegatingBackend {
        private final Set<String> logins = new ConcurrentSkipListSet<>();
        /** The names of servers. */
        private final Set<String> unreachable = ConcurrentHashMap.newKeySet();
        /** How often a login was to end. */
        private final AtomicInteger attempts = new AtomicInteger();

        private final AtomicInteger last = new AtomicInteger();

        LoginsBackend(Backend backend) {
            super(backend);
        }

        @Override
        public Databases databases(Server server) {
            return new LoginsDatabases(super.databases(server), server.name());
        }

        private final class LoginsDatabases extends DelegatingDatabases {
            private final String server;

            LoginsDatabases(Databases databases, String server) {
                super(databases);
                this.server = server;
            }

            @Override
            protected Databases view(Databases fenced) {
                return new LoginsDatabases(fenced, server);
            }

            @Override
            public ReadOnlyLogins readOnlyLogins() {
                return this;
            }

            @Override
            public DatabaseLogin readOnlyLogin(DatabaseRef database, Duration validity) {
                String user = database.name() + "-" + last.incrementAndGet();
                logins.add(user);
                return new DatabaseLogin("jdbc:none", user, "none");
            }

            @Override
            public void revokeReadOnlyLogin(DatabaseRef database, String user) {
                attempts.incrementAndGet();
                if (unreachable.contains(server)) {
                    throw SaasException.unavailable(
                            ErrorCodes.BACKEND_UNAVAILABLE, "The server does not respond.", null);
                }
                logins.remove(user);
            }
        }
    }
}
