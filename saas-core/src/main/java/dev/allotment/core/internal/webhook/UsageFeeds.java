// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.EventType;
import dev.allotment.SaasException;
import dev.allotment.UsageMetrics;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEvents;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for endpoints that receive usage. */
final class UsageFeeds {
    private static final List<String> TYPES = List.of(WebhookEvents.name(EventType.USAGE_CLOSED));
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,512}");
    private static final int LONGEST = 100;

    private UsageFeeds() {}

    /**
     * Returns what is stored of the endpoint.
     *
     * @throws SaasException {@code webhook.invalid}
     */
    static WebhookEndpoint checked(WebhookEndpoint endpoint) {
        String metric = endpoint.usageMetric();
        if (endpoint.usageFormat() == null) {
            if (metric != null || endpoint.usageCode() != null || endpoint.usageSubject() != null) {
                throw WebhookUseCases.invalid("without a format of usage has no metric, code and subject");
            }
            return endpoint;
        }
        if (endpoint.customerId() != null) {
            throw WebhookUseCases.invalid("that receives usage is for operators, and has no customer");
        }
        if (!endpoint.eventTypes().isEmpty() && !endpoint.eventTypes().equals(TYPES)) {
            throw WebhookUseCases.invalid("that receives usage has no other event types than " + TYPES);
        }
        if (metric == null || !UsageMetrics.isMetric(metric) || !isShort(metric)) {
            throw WebhookUseCases.invalid("that receives usage has a metric: "
                    + String.join(
                            ", ",
                            UsageMetrics.SEATS,
                            UsageMetrics.SEATS_MAX,
                            UsageMetrics.STORAGE_MB,
                            UsageMetrics.STORAGE_MB_MAX,
                            UsageMetrics.BACKUP_MB,
                            UsageMetrics.BACKUP_MB_MAX,
                            UsageMetrics.TENANT_DAYS)
                    + ", or " + UsageMetrics.RECORDS + " and a record quota; found "
                    + (metric == null ? "none" : TextRules.describe(metric)));
        }
        String code = endpoint.usageCode();
        if (code != null && !isShort(code)) {
            throw WebhookUseCases.invalid("has a code of usage of 1 to " + LONGEST
                    + " printable characters, or none; found " + TextRules.describe(code));
        }
        String subject = endpoint.usageSubject();
        if (subject != null && !AttributeRules.isKey(subject)) {
            throw WebhookUseCases.invalid(
                    "has the name of an attribute as subject of usage, or none; found " + TextRules.describe(subject));
        }
        return endpoint.toBuilder().eventTypes(TYPES).build();
    }

    private static boolean isShort(String text) {
        return !text.isBlank() && text.length() <= LONGEST && !TextRules.hasControl(text);
    }

    /** Messages that wait are for a receiver of their kind, so an endpoint does not become one of the other kind. */
    static @Nullable UsageFormat unchanged(WebhookEndpoint present, WebhookEndpoint wanted) {
        if ((present.usageFormat() == null) != (wanted.usageFormat() == null)) {
            throw WebhookUseCases.invalid(
                    "that receives usage stays one, and no other endpoint becomes one;" + " create another endpoint");
        }
        return wanted.usageFormat();
    }

    /** Whether requests to both go to the same host and port. If not, the token is not meant for both. */
    static boolean isSameReceiver(WebhookEndpoint one, WebhookEndpoint other) {
        return origin(one.url()).equals(origin(other.url()));
    }

    /** Scheme, host and port of a URL. */
    static String origin(String url) {
        URI uri = URI.create(url);
        return (uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort()).toLowerCase(Locale.ROOT);
    }

    /**
     * Returns what is stored of the token. The message of the exception does not have it.
     *
     * @throws SaasException {@code webhook.invalid}
     */
    static @Nullable String token(WebhookEndpoint endpoint, @Nullable String token) {
        if (token != null
                && (endpoint.usageFormat() == null || !TOKEN.matcher(token).matches())) {
            throw WebhookUseCases.invalid("has a token only if it receives usage: 1 to 512 printable characters of"
                    + " ASCII, without spaces; found " + token.length() + " characters"
                    + (endpoint.usageFormat() == null ? ", and no format of usage" : ""));
        }
        return token;
    }
}
