// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import static dev.allotment.ErrorCodes.IDENTITY_PROVIDER_BUSY;
import static dev.allotment.ErrorCodes.IDENTITY_PROVIDER_FAILED;
import static dev.allotment.ErrorCodes.IDENTITY_REFUSED;
import static dev.allotment.openid.Portal.BROWSER;
import static dev.allotment.openid.Portal.assertRefusal;
import static dev.allotment.test.HostileProvider.base64;
import static dev.allotment.test.HostileProvider.json;
import static dev.allotment.test.HostileProvider.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.test.HostileProvider;
import dev.allotment.test.HostileProvider.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider, or an attacker between it and a browser, tries in order to sign in as another person. */
final class HostileProviderTest {
    private static final String CONFIGURATION = "/.well-known/openid-configuration";

    private final Portal portal = open();
    private final HostileProvider provider = portal.provider;

    private static Portal open() {
        try {
            return new Portal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void link() {
        portal.link();
    }

    @AfterEach
    void close() {
        portal.close();
    }

    /** A way to make a token that must not be accepted. */
    enum Forgery {
        UNSIGNED {
            @Override
            String token(HostileProvider provider, String payload) {
                return base64("{\"alg\":\"none\"}") + "." + base64(payload) + ".";
            }
        },
        NONE_IN_CAPITALS {
            @Override
            String token(HostileProvider provider, String payload) {
                return base64("{\"alg\":\"NoNe\"}") + "." + base64(payload) + ".AAAA";
            }
        },
        SIGNATURE_LEFT_AWAY {
            @Override
            String token(HostileProvider provider, String payload) {
                String signed = provider.keys().sign(Map.of(), payload);
                return signed.substring(0, signed.lastIndexOf('.') + 1);
            }
        },
        PUBLIC_KEY_AS_SECRET {
            @Override
            String token(HostileProvider provider, String payload) {
                return HostileProvider.hmac(json(provider.keys().jwk()), payload);
            }
        },
        CLIENT_SECRET_AS_KEY {
            @Override
            String token(HostileProvider provider, String payload) {
                return HostileProvider.hmac(HostileProvider.SECRET, payload);
            }
        },
        OTHER_KEY_OF_THE_SAME_NAME {
            @Override
            String token(HostileProvider provider, String payload) {
                return Keys.rsa(provider.keys().id(), 2048).sign(Map.of(), payload);
            }
        },
        OTHER_KEY_WITHOUT_A_NAME {
            @Override
            String token(HostileProvider provider, String payload) {
                return Keys.elliptic("another").sign(Map.of(), payload);
            }
        },
        KEY_IN_THE_TOKEN {
            @Override
            String token(HostileProvider provider, String payload) {
                Keys own = Keys.rsa(provider.keys().id(), 2048);
                return own.sign(Map.of("jwk", own.jwk()), payload);
            }
        },
        KEYS_ELSEWHERE {
            @Override
            String token(HostileProvider provider, String payload) {
                return Keys.rsa("elsewhere", 2048).sign(Map.of("jku", provider.issuer() + "/elsewhere"), payload);
            }
        },
        CHANGED_AFTER_SIGNING {
            @Override
            String token(HostileProvider provider, String payload) {
                String[] parts = provider.keys().sign(Map.of(), payload).split("\\.");
                return parts[0] + "." + base64(payload.replace("\"sub\":\"", "\"sub\":\"1")) + "." + parts[2];
            }
        },
        UNKNOWN_CRITICAL_HEADER {
            @Override
            String token(HostileProvider provider, String payload) {
                return provider.keys().sign(Map.of("crit", List.of("other"), "other", true), payload);
            }
        },
        ACCESS_TOKEN {
            @Override
            String token(HostileProvider provider, String payload) {
                return provider.keys().sign(Map.of("typ", "at+jwt"), payload);
            }
        },
        ENCRYPTED_FORM {
            @Override
            String token(HostileProvider provider, String payload) {
                return "a.b.c.d.e";
            }
        },
        NO_HEADER {
            @Override
            String token(HostileProvider provider, String payload) {
                return base64("null") + "." + base64(payload) + ".AAAA";
            }
        },
        NO_PAYLOAD {
            @Override
            String token(HostileProvider provider, String payload) {
                return provider.keys().sign(Map.of(), "null");
            }
        },
        NO_OBJECT_IN_PAYLOAD {
            @Override
            String token(HostileProvider provider, String payload) {
                return provider.keys().sign(Map.of(), "[".repeat(5000));
            }
        },
        HUGE_TOKEN {
            @Override
            String token(HostileProvider provider, String payload) {
                return provider.keys().sign(Map.of("x", "x".repeat(100_000)), payload);
            }
        };

        abstract String token(HostileProvider provider, String payload);
    }

    static List<Forgery> forgeries() {
        return Arrays.asList(Forgery.values());
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void refusesAForgedToken(Forgery forgery) {
        provider.signing(forgery::token);

        portal.assertRefused().isIn(IDENTITY_REFUSED, IDENTITY_PROVIDER_FAILED);
        assertThat(provider.requests("/elsewhere")).isZero();
    }

    @Test
    void refusesAKeyThatIsTooShort() {
        provider.rotate(Keys.rsa("short", 1024));
        portal.pass(Duration.ofMinutes(2));

        portal.assertRefused().isEqualTo(IDENTITY_REFUSED);
    }

    /** A claim that must not be accepted. */
    record Claim(String name, Object value) {}

    static List<Claim> claims() {
        long now = Instant.parse("2026-03-01T12:00:00Z").getEpochSecond();
        return List.of(
                new Claim("iss", "http://127.0.0.1:1"),
                new Claim("iss", ""),
                new Claim("aud", "another"),
                new Claim("aud", List.of(HostileProvider.CLIENT, "another")),
                new Claim("aud", List.of()),
                new Claim("azp", "another"),
                new Claim("exp", now - 61),
                new Claim("exp", "tomorrow"),
                new Claim("iat", now - 3600),
                new Claim("iat", now + 3600),
                new Claim("nbf", now + 3600),
                new Claim("nonce", "another"),
                new Claim("nonce", ""),
                new Claim("sub", ""),
                new Claim("sub", "x".repeat(256)),
                new Claim("sub", 5));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void refusesATokenThatIsForAnotherSignIn(Claim claim) {
        provider.claims(all -> all.put(claim.name(), claim.value()));

        portal.assertRefused().isEqualTo(IDENTITY_REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iss", "aud", "exp", "iat", "nonce", "sub"})
    void refusesATokenThatLacksAClaim(String name) {
        provider.claims(all -> all.remove(name));

        portal.assertRefused().isEqualTo(IDENTITY_REFUSED);
    }

    @Test
    void acceptsATokenForSeveralThatWasMadeForThisInstallation() {
        provider.claims(all -> {
            all.put("aud", List.of("another", HostileProvider.CLIENT));
            all.put("azp", HostileProvider.CLIENT);
            all.put("exp", portal.clock.instant().getEpochSecond() - 30);
        });

        assertThat(portal.signIn().user().id()).isEqualTo(portal.user.id());
    }

    @Test
    void anAnswerCountsOnce() {
        Answer answer = provider.authorize(portal.start());

        assertThat(portal.finish(answer).step()).isNotNull();
        assertRefusal(() -> portal.finish(answer)).isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        assertThat(provider.requests("/token")).isEqualTo(2);
    }

    @Test
    void ofManyCallersWithOneAnswerOneSucceeds() throws Exception {
        Answer answer = provider.authorize(portal.start());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(() -> {
                    try {
                        return portal.finish(answer).step() != null;
                    } catch (SaasException e) {
                        return false;
                    }
                });
            }
            int right = 0;
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                right += each.get() ? 1 : 0;
            }
            assertThat(right).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aCodeOfAnotherSignInIsWorthless() {
        Answer own = provider.authorize(portal.start());
        Answer stolen = provider.authorize(portal.start());

        assertRefusal(() -> portal.finish(new Answer("all", own.state(), stolen.code(), own.issuer(), null)))
                .as("the verifier belongs to another challenge")
                .isEqualTo(IDENTITY_REFUSED);
    }

    @Test
    void anAnswerBelongsToItsBrowser() {
        Answer answer = provider.authorize(portal.start());
        Browser victim = new Browser("198.51.100.9", null, "another", null);

        assertRefusal(() -> portal.signIns().finish(answer, victim, null)).isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
    }

    @Test
    void anAnswerExpires() {
        Answer answer = provider.authorize(portal.start());
        portal.pass(Duration.ofMinutes(10));

        assertRefusal(() -> portal.finish(answer)).isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
    }

    @Test
    void refusesAStateThatItHasNotMade() {
        Answer answer = provider.authorize(portal.start());
        String state = String.valueOf(answer.state());
        List<String> forged = List.of(
                "",
                "state",
                state.replace("SIGN_IN", "PROOF"),
                state.replace(
                        "." + portal.known.id() + ".", "." + (portal.known.id().value() + 1) + "."),
                state.substring(0, state.length() - 1),
                state + "A",
                "x".repeat(100_000));

        for (String each : forged) {
            assertRefusal(() -> portal.finish(new Answer("all", each, answer.code(), answer.issuer(), null)))
                    .isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        }
        assertRefusal(() -> portal.finish(new Answer("all", null, answer.code(), answer.issuer(), null)))
                .isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        assertThat(portal.finish(answer).step())
                .as("forged ones use nothing up")
                .isNotNull();
    }

    @Test
    void aMixedUpAnswerIsRefusedByItsIssuer() {
        Answer answer = provider.authorize(portal.start());
        Answer other = provider.authorize(portal.start());

        assertRefusal(() ->
                        portal.finish(new Answer("all", answer.state(), answer.code(), "https://honest.example", null)))
                .isEqualTo(IDENTITY_REFUSED);
        assertRefusal(() -> portal.finish(new Answer("all", other.state(), other.code(), null, null)))
                .as("the provider says that it names itself")
                .isEqualTo(IDENTITY_REFUSED);
        assertThat(provider.requests("/token")).as("no code has left").isEqualTo(1);
    }

    @Test
    void aMixedUpAnswerIsRefusedByItsPlace() throws IOException {
        try (HostileProvider evil =
                new HostileProvider("customer-" + portal.user.customerId(), portal.clock::instant)) {
            evil.description(all -> all.remove("authorization_response_iss_parameter_supported"));
            IdentityProvider known = portal.saas
                    .identityProviders()
                    .create(
                            IdentityProvider.builder("Evil", evil.issuer(), HostileProvider.CLIENT)
                                    .customerId(portal.user.customerId())
                                    .build(),
                            HostileProvider.SECRET);
            String state = evil.authorize(portal.signIns().start(known.id(), "", BROWSER))
                    .state();
            // The hostile provider has sent the browser on to the honest one, which answers where it is registered.
            Answer honest = provider.authorize(portal.start());

            assertRefusal(() -> portal.finish(new Answer("all", state, honest.code(), null, null)))
                    .isEqualTo(IDENTITY_REFUSED);
            assertThat(evil.requests("/token")).as("no code has left").isZero();
        }
    }

    @Test
    void anErrorOfTheProviderSignsNobodyIn() {
        Answer answer = provider.authorize(portal.start());

        assertRefusal(() -> portal.finish(
                        new Answer("all", answer.state(), answer.code(), answer.issuer(), "access_denied")))
                .isEqualTo(ErrorCodes.IDENTITY_CANCELLED);
        Answer without = provider.authorize(portal.start());
        assertRefusal(() -> portal.finish(new Answer("all", without.state(), null, without.issuer(), null)))
                .isEqualTo(IDENTITY_REFUSED);
    }

    @Test
    void readsNewKeysOnceAMinuteAtMost() {
        provider.rotate(Keys.elliptic("second"));
        portal.assertRefused().as("keys were read just now").isEqualTo(IDENTITY_REFUSED);
        int before = provider.requests("/keys");
        portal.pass(Duration.ofMinutes(1));

        assertThat(portal.signIn().user().id()).isEqualTo(portal.user.id());
        provider.rotate(Keys.rsa("third", 2048).with("PS256"));
        for (int i = 0; i < 5; i++) {
            portal.assertRefused().isEqualTo(IDENTITY_REFUSED);
        }
        assertThat(provider.requests("/keys")).isEqualTo(before + 1);
        portal.pass(Duration.ofMinutes(1));
        assertThat(portal.signIn().user().id()).isEqualTo(portal.user.id());
    }

    @Test
    void aKeyThatIsNotPublishedAnyMoreSignsNoLonger() {
        provider.publish(Keys.rsa("second", 2048));
        portal.pass(Duration.ofMinutes(15));

        portal.assertRefused().isEqualTo(IDENTITY_REFUSED);
    }

    /** An address that a description must not have. */
    static List<Claim> addresses() {
        List<Claim> all = new ArrayList<>();
        for (String name : List.of("authorization_endpoint", "token_endpoint", "jwks_uri")) {
            all.add(new Claim(name, "file:///etc/passwd"));
            all.add(new Claim(name, "javascript:alert(1)"));
            all.add(new Claim(name, "http://user:password@127.0.0.1:8080/"));
            all.add(new Claim(name, "http://127.0.0.1:22/"));
            all.add(new Claim(name, ""));
        }
        all.add(new Claim("jwks_uri", "http://169.254.169.254/latest/meta-data/"));
        all.add(new Claim("jwks_uri", "http://10.0.0.1:8080/"));
        all.add(new Claim("jwks_uri", "http://[::1]:8080/"));
        all.add(new Claim("issuer", "https://another.example"));
        all.add(new Claim("issuer", List.of()));
        return all;
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void refusesAProviderThatLeadsElsewhere(Claim claim) {
        provider.description(all -> all.put(claim.name(), claim.value()));
        portal.pass(Duration.ofMinutes(15));

        assertRefusal(portal::start).isEqualTo(IDENTITY_PROVIDER_FAILED);
        assertRefusal(() -> portal.saas.identityProviders().check(portal.known.id()))
                .isEqualTo(IDENTITY_PROVIDER_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {CONFIGURATION, "/keys", "/token"})
    void followsNoRedirect(String path) {
        provider.serve(path, exchange -> {
            exchange.getResponseHeaders().set("Location", provider.issuer() + "/internal");
            send(exchange, 302, "");
        });
        portal.pass(Duration.ofMinutes(15));

        portal.assertRefused().isEqualTo(IDENTITY_PROVIDER_FAILED);
        assertThat(provider.requests("/internal")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {CONFIGURATION, "/keys", "/token"})
    void readsNoHugeAnswer(String path) {
        provider.serve(path, exchange -> send(exchange, 200, "{\"x\":\"" + "x".repeat(1024 * 1024) + "\"}"));
        portal.pass(Duration.ofMinutes(15));

        portal.assertRefused().isEqualTo(IDENTITY_PROVIDER_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {CONFIGURATION, "/keys", "/token"})
    void readsNoDeepOrBrokenAnswer(String path) {
        for (String body :
                List.of("[".repeat(50_000), "{\"a\":".repeat(20_000), "", "null", "<html>", "{\"keys\":5}")) {
            provider.serve(path, exchange -> send(exchange, 200, body));
            portal.pass(Duration.ofMinutes(15));

            portal.assertRefused().isIn(IDENTITY_PROVIDER_FAILED, IDENTITY_REFUSED);
        }
    }

    @Test
    void waitsForNoSlowAnswer() {
        provider.serve(CONFIGURATION, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            portal.later.addAndGet(Duration.ofSeconds(11).toNanos());
            exchange.getResponseBody().write('}');
            exchange.getResponseBody().flush();
        });
        portal.pass(Duration.ofMinutes(15));

        assertRefusal(portal::start).isEqualTo(IDENTITY_PROVIDER_FAILED);
    }

    @Test
    void aSlowProviderOfACustomerHoldsUpFewThreads() throws Exception {
        CountDownLatch asked = new CountDownLatch(4);
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (HostileProvider slow =
                new HostileProvider("customer-" + portal.user.customerId(), portal.clock::instant)) {
            slow.serve(CONFIGURATION, exchange -> {
                asked.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                send(exchange, 404, "");
            });
            IdentityProvider known = portal.saas
                    .identityProviders()
                    .create(
                            IdentityProvider.builder("Slow", slow.issuer(), HostileProvider.CLIENT)
                                    .customerId(portal.user.customerId())
                                    .build(),
                            null);
            List<Future<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(threads.submit(() -> assertRefusal(
                                () -> portal.signIns().start(known.id(), "", BROWSER))
                        .isEqualTo(IDENTITY_PROVIDER_FAILED)));
            }
            asked.await();

            assertRefusal(() -> portal.signIns().start(known.id(), "", BROWSER)).isEqualTo(IDENTITY_PROVIDER_BUSY);
            assertThat(portal.signIn().user().id()).as("others work").isEqualTo(portal.user.id());
            end.countDown();
            for (Future<?> each : waiting) {
                each.get();
            }
        } finally {
            end.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void sendsTheSecretInTheBodyIfTheProviderWantsThat() {
        provider.description(all -> all.put("token_endpoint_auth_methods_supported", List.of("client_secret_post")));
        portal.pass(Duration.ofMinutes(15));

        assertThat(portal.signIn().user().id()).isEqualTo(portal.user.id());
    }

    @Test
    void theAddressOfASignInSaysNothingAboutTheVerifier() {
        URI first = portal.start();
        URI second = portal.start();

        assertThat(first).isNotEqualTo(second);
        assertThat(first.getQuery()).contains("code_challenge_method=S256").doesNotContain("code_verifier");
    }
}
