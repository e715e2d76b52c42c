// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.rule.LimitNumbers;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parameters of a tenant database that the catalog keeps in step with the tenant. */
public final class TenantParameters {
    private static final List<String> KEYS =
            List.of(Parameter.MAX_USERS, Parameter.STORAGE_LIMIT_MB, Parameter.SUSPENDED, Parameter.EXPIRATION);

    /** All parameters that may be entitlements. */
    static final Filter<Parameter> ENTITLEMENTS =
            Filter.like(Parameter.KEY, Filter.literal(Parameter.ENTITLEMENT) + "%");

    private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final int EXPIRY_LENGTH = "2026-12-31 23:59:59".length();
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private TenantParameters() {}

    /** Whether the catalog decides the value of a parameter. */
    static boolean isDerived(String key) {
        return KEYS.contains(key) || isEntitlement(key);
    }

    private static boolean isEntitlement(String key) {
        return key.startsWith(Parameter.ENTITLEMENT);
    }

    /** The parameters that a tenant has, and no others that the catalog decides about. */
    static List<Parameter> of(StoredTenant tenant, boolean suspended) {
        List<Parameter> parameters = new ArrayList<>();
        parameters.add(new Parameter(0, Parameter.DATABASE_UUID, tenant.uuid().toString(), false));
        wanted(tenant, suspended)
                .forEach((key, value) -> parameters.add(new Parameter(0, key, value, !isEntitlement(key))));
        return parameters;
    }

    public static Map<String, String> settings(Transaction tx) {
        Filter<Parameter> derived = Filter.or(Filter.in(Parameter.KEY, KEYS), ENTITLEMENTS);
        return tx.records(RecordTypes.PARAMETERS).list(Query.where(derived)).stream()
                .collect(Collectors.toMap(Parameter::key, Parameter::value));
    }

    public static StoredTenant.Builder limits(StoredTenant tenant, Map<String, String> settings) {
        StoredTenant.Builder changed = tenant.toBuilder();
        String users = settings.get(Parameter.MAX_USERS);
        String storage = settings.get(Parameter.STORAGE_LIMIT_MB);
        String expiry = settings.get(Parameter.EXPIRATION);
        if (users != null) {
            changed.maxUsers(LimitNumbers.limit(users));
        }
        if (storage != null) {
            changed.storageLimitMb(LimitNumbers.limit(storage));
        }
        // The parameter has whole seconds: the stored, more exact value is kept if they agree.
        if (expiry != null && !expiry.strip().equals(expiry(tenant.expiresAt()))) {
            changed.expiresAt(expiry.isBlank() ? null : expiresAt(expiry));
        }
        return changed;
    }

    /**
     * Compares a database's own parameters with the catalog, which leads. They differ if the database was restored from
     * a backup, or its server lost its last commits.
     *
     * @return the names of those that differ, in a fixed order
     */
    public static List<String> stale(StoredTenant tenant, Map<String, String> settings) {
        Map<String, String> wanted = wanted(tenant, tenant.state() == TenantState.SUSPENDED);
        Set<String> keys = new TreeSet<>(wanted.keySet());
        keys.addAll(settings.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(wanted.get(key), settings.get(key)))
                .toList();
    }

    private static Map<String, String> wanted(StoredTenant tenant, boolean suspended) {
        Map<String, String> wanted = new TreeMap<>(Map.of(
                Parameter.MAX_USERS, Integer.toString(tenant.maxUsers()),
                Parameter.STORAGE_LIMIT_MB, Integer.toString(tenant.storageLimitMb()),
                Parameter.SUSPENDED, suspended ? "1" : "0",
                Parameter.EXPIRATION, expiry(tenant.expiresAt())));
        tenant.entitlements().forEach((name, each) -> wanted.put(Parameter.ENTITLEMENT + name, each.text()));
        return wanted;
    }

    /** Formats an expiry for the parameter; empty if the tenant does not expire. */
    static String expiry(@Nullable Instant expiresAt) {
        return expiresAt == null ? "" : INSTANT.format(expiresAt);
    }

    private static Instant expiresAt(String expiry) {
        return INSTANT.parse(expiry.strip(), Instant::from);
    }

    /**
     * Refuses a value that such a parameter cannot have.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    public static void check(String key, String value) {
        if (isEntitlement(key)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "Parameter " + TextRules.describe(key) + " is an entitlement of the tenant's plan. Change the plan,"
                            + " and switch the tenant to its new version.");
        }
        switch (key) {
            case Parameter.MAX_USERS, Parameter.STORAGE_LIMIT_MB ->
                LimitNumbers.checkedLimit(key, value.isBlank() ? "0" : value);
            case Parameter.SUSPENDED -> {
                if (!value.isEmpty() && !value.equals("0") && !value.equals("1")) {
                    throw wrong(key, value, "1 for a suspended database, 0 for an open one");
                }
            }
            case Parameter.EXPIRATION -> checkExpiry(value);
            case Parameter.TRIAL -> {
                if (!value.isBlank() && !isTrue(value) && !isFalse(value)) {
                    throw wrong(key, value, "True for a trial, False for a paid database");
                }
            }
            case Parameter.DATABASE_UUID ->
                throw wrong(key, value, "the identity of the database, which never changes");
            default -> {}
        }
    }

    public static boolean isTrue(String value) {
        return value.strip().equals("1") || value.strip().equalsIgnoreCase("true");
    }

    private static boolean isFalse(String value) {
        return value.strip().equals("0") || value.strip().equalsIgnoreCase("false");
    }

    private static void checkExpiry(String value) {
        try {
            // Every database stores the years 1 to 9999, and not every one stores more.
            if (value.isBlank()
                    || (value.strip().length() == EXPIRY_LENGTH
                            && expiresAt(value).isAfter(FIRST))) {
                return;
            }
        } catch (DateTimeException e) {
            // reported below, like an instant that is too far away
        }
        throw wrong(Parameter.EXPIRATION, value, "an instant in UTC like 2026-12-31 23:59:59, or empty");
    }

    private static SaasException wrong(String key, String value, String expected) {
        return SaasException.invalid(
                ErrorCodes.CONFIGURATION_INVALID,
                "Parameter " + key + " must be " + expected + "; found " + TextRules.describe(value) + ".");
    }
}
