// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CustomDomain;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Access;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.Fixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AccessTest {
    /** The verifier of RFC 7636, appendix B, and its challenge. */
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static AuthorizationRequest request(Saas saas, Tenant tenant, @Nullable String challenge) {
        return new AuthorizationRequest(
                tenant.uuid(), saas.tenants().publicUrl(tenant) + "/auth_oauth/signin", challenge);
    }

    private static Access owner(Fixture fixture, Tenant tenant) {
        return fixture.saas.actingAs(Objects.requireNonNull(tenant.ownerId())).access();
    }

    @Test
    void exchangesACodeOnceForItsClientAddressAndVerifier() {
        try (Fixture fixture = new Fixture()) {
            Tenant tenant = fixture.tenant();
            AuthorizationRequest request = request(fixture.saas, tenant, CHALLENGE);
            Access host = fixture.saas.access();
            String uri = request.redirectUri();

            String code = owner(fixture, tenant).authorize(request);
            SignInLink entry = host.exchange(tenant.uuid(), code, uri, VERIFIER).orElseThrow();
            assertThat(host.inspect(entry.token()).orElseThrow().tenant().id()).isEqualTo(tenant.id());
            assertThat(host.redeem(tenant.name(), entry.token())).isPresent();
            assertThat(host.inspect(entry.token())).isEmpty();
            assertThat(host.exchange(tenant.uuid(), code, uri, VERIFIER)).isEmpty();

            assertThat(host.exchange(tenant.uuid(), owner(fixture, tenant).authorize(request), uri, null))
                    .isEmpty();
            assertThat(host.exchange(tenant.uuid(), owner(fixture, tenant).authorize(request), uri, VERIFIER + "x"))
                    .isEmpty();
            assertThat(host.exchange(tenant.uuid(), owner(fixture, tenant).authorize(request), uri + "/", VERIFIER))
                    .isEmpty();
            assertThat(host.exchange(new UUID(1, 2), owner(fixture, tenant).authorize(request), uri, VERIFIER))
                    .isEmpty();
            AuthorizationRequest without = request(fixture.saas, tenant, null);
            assertThat(host.exchange(tenant.uuid(), owner(fixture, tenant).authorize(without), uri, VERIFIER))
                    .describedAs("the challenge was removed from the request")
                    .isEmpty();
            String late = owner(fixture, tenant).authorize(request);
            fixture.clock.advance(Duration.ofSeconds(60));
            assertThat(host.exchange(tenant.uuid(), late, uri, VERIFIER)).isEmpty();
        }
    }

    @Test
    void issuesCodesToTheOwnerForTheClientsOwnAddressOnly() {
        try (Fixture fixture = new Fixture()) {
            Tenant tenant = fixture.tenant();
            User stranger = fixture.signUp("stranger@example.com");
            AuthorizationRequest good = request(fixture.saas, tenant, null);
            Access owner = owner(fixture, tenant);

            for (String uri : new String[] {
                "//evil.example.com/auth_oauth/signin",
                "http://shop.example.com:8069@evil.example.com/auth_oauth/signin",
                "http://shop.example.com:8069.evil.example.com/auth_oauth/signin",
                "http://shop.example.com/auth_oauth/signin",
                "https://shop.example.com:8069/auth_oauth/signin",
                "http://x.shop.example.com:8069/auth_oauth/signin",
                "http:\\\\shop.example.com:8069\\auth_oauth\\signin",
                good.redirectUri() + "?next=http://evil.example.com",
                good.redirectUri() + "#x",
                "",
            }) {
                assertThatThrownBy(() -> owner.authorize(new AuthorizationRequest(tenant.uuid(), uri, null)))
                        .isInstanceOfSatisfying(
                                SaasException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_REDIRECT_INVALID));
            }
            assertThatThrownBy(
                            () -> fixture.saas.actingAs(stranger.id()).access().authorize(good))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
            assertThatThrownBy(
                            () -> owner.authorize(new AuthorizationRequest(new UUID(1, 2), good.redirectUri(), null)))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_CLIENT_UNKNOWN));
        }
    }

    @Test
    void acceptsCustomDomainsAsRedirectHostsWhileTheTenantHasThem() {
        try (Fixture fixture = new Fixture()) {
            Tenant tenant = fixture.tenant();
            Tenant other = fixture.tenant("other.example.com");
            CustomDomain domain = fixture.saas.customDomains().add(tenant.id(), "www.shop.test");
            fixture.saas.customDomains().add(other.id(), "www.other.test");
            Access host = fixture.saas.access();
            String uri = "http://www.shop.test:8069/auth_oauth/signin";
            AuthorizationRequest good = new AuthorizationRequest(tenant.uuid(), uri, CHALLENGE);

            String code = owner(fixture, tenant).authorize(good);
            assertThat(host.isRedirectUri(tenant.uuid(), uri)).isTrue();
            assertThat(host.exchange(tenant.uuid(), code, uri, VERIFIER)).isPresent();
            String elsewhere = owner(fixture, tenant).authorize(good);
            assertThat(host.exchange(
                            tenant.uuid(),
                            elsewhere,
                            fixture.saas.tenants().publicUrl(tenant) + "/auth_oauth/signin",
                            VERIFIER))
                    .as("requested from one host, exchanged by another")
                    .isEmpty();
            fixture.saas.customDomains().remove(domain.id());

            for (String wrong : List.of(
                    uri,
                    "http://www.other.test:8069/auth_oauth/signin",
                    "http://unproven.test:8069/auth_oauth/signin")) {
                assertThat(host.isRedirectUri(tenant.uuid(), wrong)).as(wrong).isFalse();
                assertThatThrownBy(() -> owner(fixture, tenant)
                                .authorize(new AuthorizationRequest(tenant.uuid(), wrong, CHALLENGE)))
                        .isInstanceOfSatisfying(
                                SaasException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_REDIRECT_INVALID));
            }
        }
    }

    @Test
    void resetsAPasswordOnceWithinAnHourAndEndsAllSessions() {
        try (Fixture fixture = new Fixture()) {
            User user = fixture.signUp("client@example.com");
            Access access = fixture.saas.access();
            String session = access.openSession("portal.localhost", user.id().value());
            assertThat(access.requestPasswordReset("nobody@example.com")).isEmpty();
            Access.Reset reset =
                    access.requestPasswordReset(" Client@Example.com").orElseThrow();
            assertThat(reset.email()).isEqualTo("client@example.com");

            assertThatThrownBy(() -> access.resetPassword(reset.secret(), "")).isInstanceOf(SaasException.class);
            assertThat(access.resetPassword(reset.secret(), "new")).isPresent();
            assertThat(access.resetPassword(reset.secret(), "newer")).isEmpty();
            assertThat(fixture.saas.accounts().authenticate("client@example.com", "new", null))
                    .isPresent();
            assertThat(access.findSession(session)).isEmpty();

            Access.Reset late =
                    access.requestPasswordReset("client@example.com").orElseThrow();
            fixture.clock.advance(Duration.ofHours(1));
            assertThat(access.resetPassword(late.secret(), "late")).isEmpty();
        }
    }

    @Test
    void looksIntoTheDatabaseOfASessionSeldom() {
        try (Fixture fixture = new Fixture()) {
            Tenant tenant = fixture.tenant();
            Access access = fixture.saas.access();
            String session = access.openSession(tenant.name(), 2);
            assertThat(access.findSession(session)).isPresent();

            List<String> steps = new ArrayList<>();
            fixture.backend.watch(steps::add);
            assertThat(access.findSession(session)).isPresent();
            assertThat(steps).isNotEmpty().allMatch(step -> step.endsWith(" catalog"));

            steps.clear();
            fixture.nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
            assertThat(access.findSession(session)).isPresent();
            assertThat(steps).anyMatch(step -> !step.endsWith(" catalog"));
        }
    }

    @Test
    void admitsOnlyTheAdministratorOfASuspendedDatabase() {
        try (Fixture fixture = new Fixture()) {
            Tenant tenant = fixture.tenant();
            Access access = fixture.saas.access();
            fixture.saas.tenants().suspend(tenant.id());

            String administrators = access.openSession(tenant.name(), 2);
            assertThat(access.findSession(administrators)).isPresent();
            assertThat(fixture.saas.database(tenant.name()).actingAs(new MemberId(2)))
                    .isNotNull();
            Member owner = fixture.saas
                    .database(tenant.name())
                    .members()
                    .list(Query.where(Filter.equal(Member.OWNER, true)))
                    .get(0);
            assertThat(access.findSession(
                            access.openSession(tenant.name(), owner.id().value())))
                    .isEmpty();

            fixture.saas.tenants().delete(tenant.id());
            assertThat(access.findSession(administrators)).isEmpty();
        }
    }
}
