// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.LimitNumbers;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of the main database that the control plane interprets. Hidden ones are its own secrets. */
public final class MainParameters {
    /** The prefix of the control plane's own parameters. */
    private static final String OWN = "allotment.";

    public static final String MASTER_PASSWORD = OWN + "master_password";
    public static final String APPLICATION_KEY = OWN + "application_key";
    /** The results of drills. */
    public static final String BACKUP_DRILLS = OWN + "backup_drills";
    /** A text that the secret key of the backups has encrypted. */
    public static final String BACKUP_SECRET = OWN + "backup_secret";

    /** After how many days an expired trial is deleted; 0: never. */
    public static final String DELETE_TRIALS_AFTER = "saas_portal.delete_expired_trials_after";

    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*");

    private final Catalog catalog;

    public MainParameters(Catalog catalog) {
        this.catalog = catalog;
    }

    /** Where the main database is reached. */
    public URI baseUrl() {
        return URI.create(catalog.transact(tx -> value(tx, Parameter.BASE_URL)).orElse("http://localhost"));
    }

    String baseDomain() {
        return catalog.transact(tx -> value(tx, Parameter.BASE_DOMAIN)).orElse("localhost");
    }

    public static boolean strangersMaySignUp(Transaction tx) {
        return value(tx, Parameter.ALLOW_UNINVITED).map(MainParameters::isTrue).orElse(false);
    }

    public static boolean strangersHaveToConfirm(Transaction tx) {
        return value(tx, Parameter.SIGNUP_CONFIRMATION)
                .map(MainParameters::isTrue)
                .orElse(false);
    }

    /** Whether administrators have to have a second factor. */
    public static boolean administratorsNeedFactor(Transaction tx) {
        return value(tx, Parameter.REQUIRE_FACTOR).map(MainParameters::isTrue).orElse(false);
    }

    public static Optional<String> value(Transaction tx, String key) {
        return ParameterRows.find(tx, key).map(Parameter::value);
    }

    /** The base URL of the main database, and the domain that is appended to the names of tenants. */
    public record Site(URI baseUrl, String baseDomain) {}

    public static Site site(Transaction tx) {
        Map<String, String> values = new HashMap<>();
        tx.records(RecordTypes.PARAMETERS)
                .list(Query.where(Filter.in(Parameter.KEY, List.of(Parameter.BASE_URL, Parameter.BASE_DOMAIN))))
                .forEach(each -> values.put(each.key(), each.value()));
        return new Site(
                URI.create(values.getOrDefault(Parameter.BASE_URL, "http://localhost")),
                values.getOrDefault(Parameter.BASE_DOMAIN, "localhost"));
    }

    /** Sets or changes a parameter, or removes it if the value is null, together with parameters that depend on it. */
    public static void set(Transaction tx, String key, @Nullable String value) {
        if (key.startsWith(OWN)) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_NOT_ALLOWED,
                    "You are not allowed to change parameter " + TextRules.describe(key) + ".");
        }
        if (value == null) {
            remove(tx, key);
            if (key.equals(Parameter.ALLOW_UNINVITED) || key.equals(Parameter.INVITATION_SCOPE)) {
                remove(tx, Parameter.ALLOW_UNINVITED);
                ParameterRows.set(tx, Parameter.INVITATION_SCOPE, "b2b", false);
            }
            return;
        }
        String checked = check(key, value);
        ParameterRows.set(tx, key, checked, false);
        if (key.equals(Parameter.ALLOW_UNINVITED)) {
            ParameterRows.set(tx, Parameter.INVITATION_SCOPE, isTrue(checked) ? "b2c" : "b2b", false);
        } else if (key.equals(Parameter.INVITATION_SCOPE)) {
            ParameterRows.set(tx, Parameter.ALLOW_UNINVITED, checked.equals("b2c") ? "True" : "False", false);
        }
    }

    private static void remove(Transaction tx, String key) {
        if (key.equals(Parameter.BASE_URL)
                || key.equals(Parameter.BASE_DOMAIN)
                || key.equals(Parameter.DATABASE_UUID)) {
            throw wrong(key, "", "a value: it cannot be removed");
        }
        ParameterRows.find(tx, key)
                .ifPresent(known -> tx.records(RecordTypes.PARAMETERS).delete(known.id()));
    }

    private static String check(String key, String value) {
        String text = value.strip();
        switch (key) {
            case Parameter.ALLOW_UNINVITED -> {
                if (!List.of("true", "false", "1", "0").contains(text.toLowerCase(Locale.ROOT))) {
                    throw wrong(key, value, "True or False");
                }
                return isTrue(text) ? "True" : "False";
            }
            case Parameter.SIGNUP_CONFIRMATION, Parameter.REQUIRE_FACTOR -> {
                if (!List.of("true", "false", "1", "0").contains(text.toLowerCase(Locale.ROOT))) {
                    throw wrong(key, value, "true or false");
                }
                return isTrue(text) ? "true" : "false";
            }
            case Parameter.INVITATION_SCOPE -> {
                if (!text.equals("b2c") && !text.equals("b2b")) {
                    throw wrong(key, value, "b2c (strangers may sign up) or b2b (they may not)");
                }
                return text;
            }
            case Parameter.LANGUAGE -> {
                if (!LANGUAGE.matcher(text).matches()) {
                    throw wrong(key, value, "a language such as en or de");
                }
                return text;
            }
            case Parameter.BASE_DOMAIN -> {
                if (!TextRules.isHost(text)) {
                    throw wrong(key, value, "a domain such as example.com");
                }
                return text;
            }
            case Parameter.BASE_URL -> {
                return checkUrl(value);
            }
            case Parameter.NOTIFY_IN_ADVANCE, Parameter.RETENTION_DAYS, Parameter.TEAM_LIMIT, DELETE_TRIALS_AFTER -> {
                return Integer.toString(LimitNumbers.checkedLimit(key, text));
            }
            case Parameter.DATABASE_UUID -> throw wrong(key, value, "its present value, which never changes");
            default -> {
                return Retention.isKey(key) ? Retention.check(key, text) : value;
            }
        }
    }

    /** A base URL in its stored form: scheme, host and port. */
    public static String checkUrl(String value) {
        String text = withoutSlashes(value.strip());
        try {
            URI uri = URI.create(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // reported below, like a URL of another kind
        }
        throw wrong(Parameter.BASE_URL, value, "http:// or https:// with a host and an optional port, without a path");
    }

    private static String withoutSlashes(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }

    private static boolean isTrue(String text) {
        return text.equalsIgnoreCase("true") || text.equals("1");
    }

    private static SaasException wrong(String key, String value, String expected) {
        return SaasException.invalid(
                ErrorCodes.CONFIGURATION_INVALID,
                "Parameter " + key + " must be " + expected + "; found " + TextRules.describe(value) + ".");
    }

    static Query<Parameter> visible(Query<? super Parameter> query) {
        return query.and(Filter.equal(Parameter.HIDDEN, false));
    }
}
