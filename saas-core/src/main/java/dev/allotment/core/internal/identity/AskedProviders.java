// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.outgoing.OutgoingRequests;
import dev.allotment.core.internal.outgoing.OutgoingRequests.Answer;
import dev.allotment.core.internal.outgoing.OutgoingRequests.NoAnswerException;
import dev.allotment.core.internal.outgoing.TargetUrl;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.spi.openid.OpenIdReader;
import dev.allotment.spi.openid.OpenIdReader.Claims;
import dev.allotment.spi.openid.OpenIdReader.Expected;
import dev.allotment.spi.openid.OpenIdReader.Metadata;
import dev.allotment.spi.openid.OpenIdReader.Refusal;
import dev.allotment.spi.openid.OpenIdReader.Result;
import dev.allotment.webhook.WebhookTargets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks identity providers, and remembers what they publish for some minutes. Keys are read again if none has signed an
 * ID token, once a minute at most: a caller cannot make it ask more often. Thread-safe.
 */
final class AskedProviders {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration KEPT = Duration.ofMinutes(15);
    private static final Duration BETWEEN_READS = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 256 * 1024;
    private static final int MOST_KNOWN = 1000;
    private static final int LONGEST_TOKEN = 32 * 1024;

    private final CoreContext context;
    private final OpenIdReader reader;
    private final WebhookTargets targets;
    private final OutgoingRequests requests;
    private final FailureLog failures;
    private final ProviderPlaces places = new ProviderPlaces();
    /** By the provider with its issuer. Guarded by itself. */
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_KNOWN;
        }
    };

    /** What a provider has published. */
    private record Known(Metadata metadata, String keys, long readAt) {}

    AskedProviders(CoreContext context, OpenIdReader reader, WebhookTargets targets) {
        this.context = context;
        this.reader = reader;
        this.targets = targets;
        this.requests = new OutgoingRequests(targets, context::tick, LONGEST);
        this.failures = new FailureLog("dev.allotment.identity", context.node());
    }

    /**
     * What a provider says about itself.
     *
     * @throws SaasException {@code identity.provider-failed}, {@code identity.provider-busy}
     */
    Metadata metadata(IdentityProvider provider) {
        return known(provider).metadata();
    }

    /** Asks a provider although it may be known. */
    void readAgain(IdentityProvider provider) {
        var unused = read(provider);
    }

    private Known known(IdentityProvider provider) {
        Known present;
        synchronized (known) {
            present = known.get(key(provider));
        }
        return present != null && context.tick() - present.readAt() < KEPT.toNanos() ? present : read(provider);
    }

    private static String key(IdentityProvider provider) {
        return provider.id() + " " + provider.issuer();
    }

    private Known read(IdentityProvider provider) {
        String issuer = provider.issuer();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        places.take(provider);
        try {
            Metadata metadata = reader.metadata(get(provider, base + "/.well-known/openid-configuration"))
                    .orElseThrow(() -> failed(provider, "its description cannot be read, or lacks an endpoint"));
            if (!metadata.issuer().equals(issuer)) {
                throw failed(provider, "it names itself differently in its description");
            }
            url(provider, metadata.endpoints().authorization());
            url(provider, metadata.endpoints().token());
            Known read = new Known(metadata, get(provider, metadata.endpoints().keys()), context.tick());
            synchronized (known) {
                known.put(key(provider), read);
            }
            return read;
        } finally {
            places.leave(provider);
        }
    }

    private TargetUrl url(IdentityProvider provider, String address) {
        return TargetUrl.of(
                address,
                targets,
                expected -> failed(provider, "the URL of an endpoint of it is refused; it " + expected));
    }

    private String get(IdentityProvider provider, String address) {
        Answer answer = send(provider, address, Map.of("accept", "application/json"), null);
        if (answer.status() != 200) {
            throw failed(provider, "it answers with status " + answer.status() + " to the request for its description");
        }
        return answer.rest();
    }

    private Answer send(IdentityProvider provider, String address, Map<String, String> headers, @Nullable String body) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("user-agent", "Allotment-Identity");
        try {
            return requests.exchange(url(provider, address), all, body, MOST_BYTES);
        } catch (NoAnswerException e) {
            throw failed(provider, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Exchanges a code, and returns what the provider says about the person.
     *
     * @param secret null: none
     * @throws SaasException {@code identity.refused}, {@code identity.provider-failed}, {@code identity.provider-busy}
     */
    Claims exchange(IdentityProvider provider, @Nullable String secret, Map<String, String> form, String nonce) {
        Known present = known(provider);
        String token = token(provider, present.metadata(), secret, form);
        Expected expected = new Expected(provider.issuer(), provider.clientId(), nonce, context.now());
        Result result = reader.verify(expected, token, present.keys());
        if (result.refusal() == Refusal.KEY && context.tick() - present.readAt() >= BETWEEN_READS.toNanos()) {
            result = reader.verify(expected, token, read(provider).keys());
        }
        Claims claims = result.claims();
        if (claims == null) {
            throw refused(provider, "its ID token is refused: " + result.refusal());
        }
        return claims;
    }

    private String token(
            IdentityProvider provider, Metadata metadata, @Nullable String secret, Map<String, String> form) {
        Map<String, String> fields = new LinkedHashMap<>(form);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("accept", "application/json");
        headers.put("content-type", "application/x-www-form-urlencoded");
        if (secret == null || metadata.secretInBody()) {
            fields.put("client_id", provider.clientId());
        }
        if (secret != null && metadata.secretInBody()) {
            fields.put("client_secret", secret);
        } else if (secret != null) {
            String both = encoded(provider.clientId()) + ":" + encoded(secret);
            headers.put(
                    "authorization",
                    "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
        }
        places.take(provider);
        Answer answer;
        try {
            answer = send(provider, metadata.endpoints().token(), headers, query(fields));
        } finally {
            places.leave(provider);
        }
        if (answer.status() == 400) {
            throw refused(provider, "it does not accept the code");
        }
        if (answer.status() != 200) {
            throw failed(provider, "it answers with status " + answer.status() + " when a code is exchanged");
        }
        return reader.idToken(answer.rest())
                .filter(each -> each.length() <= LONGEST_TOKEN)
                .orElseThrow(() -> failed(provider, "it sends no ID token"));
    }

    /** Parameters in the form of a query or a form. */
    static String query(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private SaasException failed(IdentityProvider provider, String why) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.IDENTITY_PROVIDER_FAILED,
                "The identity provider cannot be used: " + why + (why.endsWith(".") ? "" : ".")
                        + " Correct its settings, or try again later.",
                Map.of("provider", provider.id().toString()),
                true,
                null);
    }

    /** The person learns no details, which could help to forge the next answer. The log has them. */
    SaasException refused(IdentityProvider provider, String why) {
        SaasException refusal = new SaasException(
                ErrorCategory.NOT_ALLOWED,
                ErrorCodes.IDENTITY_REFUSED,
                "The answer of the identity provider was refused. Try again. If it happens again, ask the person who has"
                        + " set up the provider.",
                Map.of("provider", provider.id().toString()),
                false,
                null);
        failures.warn("A sign-in with identity provider " + provider.id() + " was refused, since " + why, refusal);
        return refusal;
    }

    /** Where a browser has to go. */
    String address(IdentityProvider provider, Map<String, String> parameters) {
        String endpoint = metadata(provider).endpoints().authorization();
        return endpoint + (endpoint.indexOf('?') < 0 ? "?" : "&") + query(parameters);
    }
}
