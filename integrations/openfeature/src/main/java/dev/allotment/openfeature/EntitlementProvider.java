// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openfeature;

import dev.allotment.Entitlement;
import dev.allotment.ErrorCategory;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.spi.protocol.UnavailableLog;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain Tenant#entitlements entitlements} of a tenant as flags of OpenFeature. The key of a flag is the name
 * of an entitlement. An ability is a boolean, a number is an integer, a long or a double, and each of them is also a
 * string.
 *
 * <p>The tenant is the one that the thread works for, or, for a provider without a current tenant, the one whose name
 * is the targeting key. An evaluation reads the catalog, unless it was read for this tenant in the last 5 seconds. It
 * throws nothing: the default value has the reason {@code ERROR} and a code, such as {@code FLAG_NOT_FOUND} for an
 * entitlement that the plan does not have, {@code TYPE_MISMATCH}, {@code TARGETING_KEY_MISSING} without a tenant,
 * {@code INVALID_CONTEXT} for an unknown one, and {@code GENERAL} if the catalog cannot be read; then this is logged,
 * and it is read again after a second.
 *
 * <p>Thread-safe.
 */
public final class EntitlementProvider implements FeatureProvider {
    private static final Logger LOG = System.getLogger("dev.allotment.openfeature");
    private static final int MOST_TENANTS = 10_000;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FAILED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Saas saas;
    private final @Nullable Supplier<Optional<Tenant>> current;
    private final LongSupplier ticker;
    private final UnavailableLog unavailable;
    private final Map<Object, Found> cache = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * The entitlements of a tenant, or why there are none.
     *
     * @param until the time of the ticker after which they are read again
     */
    private record Found(
            Map<String, Entitlement> entitlements, @Nullable ErrorCode error, String message, long until) {}

    private EntitlementProvider(Saas saas, @Nullable Supplier<Optional<Tenant>> current, LongSupplier ticker) {
        this.saas = saas;
        this.current = current;
        this.ticker = ticker;
        this.unavailable = new UnavailableLog(line -> LOG.log(Level.WARNING, line), ticker);
    }

    /**
     * Returns a provider for applications that name the tenant: the targeting key is the name of the tenant's database.
     *
     * @param saas with all rights
     */
    public static EntitlementProvider of(Saas saas) {
        return of(saas, null, System::nanoTime);
    }

    /**
     * Returns a provider for the tenant that a thread works for.
     *
     * @param saas with all rights
     * @param current such as {@code dataSources.currentTenant()::find}; if it is empty, there is no tenant: the
     *     targeting key has no effect, since a user may have chosen it
     */
    public static EntitlementProvider of(Saas saas, Supplier<Optional<Tenant>> current) {
        return of(saas, current, System::nanoTime);
    }

    static EntitlementProvider of(Saas saas, @Nullable Supplier<Optional<Tenant>> current, LongSupplier ticker) {
        return new EntitlementProvider(saas, current, ticker);
    }

    @Override
    public Metadata getMetadata() {
        return () -> "allotment";
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(
            String key, Boolean defaultValue, EvaluationContext context) {
        return evaluate(
                key, defaultValue, context, each -> each.number().isPresent() ? null : Boolean.valueOf(each.isOn()));
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, context, Entitlement::text);
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(
            String key, Integer defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, context, EntitlementProvider::integer);
    }

    @Override
    public ProviderEvaluation<Long> getLongEvaluation(String key, Long defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, context, EntitlementProvider::whole);
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, context, EntitlementProvider::decimal);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, context, each -> {
            Integer integer = integer(each);
            Long whole = whole(each);
            return integer != null ? new Value(integer) : whole != null ? new Value(whole) : new Value(each.isOn());
        });
    }

    private static @Nullable Long whole(Entitlement entitlement) {
        OptionalLong number = entitlement.number();
        return number.isPresent() ? (Long) number.getAsLong() : null;
    }

    private static @Nullable Integer integer(Entitlement entitlement) {
        Long number = whole(entitlement);
        return number != null && number == number.intValue() ? (Integer) number.intValue() : null;
    }

    private static @Nullable Double decimal(Entitlement entitlement) {
        Long number = whole(entitlement);
        return number == null ? null : (Double) number.doubleValue();
    }

    /** @param type returns null for an entitlement of another type */
    private <T> ProviderEvaluation<T> evaluate(
            String key,
            T defaultValue,
            @Nullable EvaluationContext context,
            Function<? super Entitlement, ? extends @Nullable T> type) {
        Found found = find(context);
        if (found.error() != null) {
            return error(defaultValue, found.error(), found.message());
        }
        Entitlement entitlement = found.entitlements().get(key);
        if (entitlement == null) {
            return error(
                    defaultValue, ErrorCode.FLAG_NOT_FOUND, "The plan of the tenant has no entitlement " + key + ".");
        }
        @Nullable T value = type.apply(entitlement);
        if (value == null) {
            return error(
                    defaultValue,
                    ErrorCode.TYPE_MISMATCH,
                    "The entitlement " + key + " is " + entitlement.text() + ", which has another type.");
        }
        return ProviderEvaluation.<T>builder()
                .value(value)
                .reason(Reason.TARGETING_MATCH.name())
                .build();
    }

    private static <T> ProviderEvaluation<T> error(T defaultValue, ErrorCode code, String message) {
        return ProviderEvaluation.<T>builder()
                .value(defaultValue)
                .reason(Reason.ERROR.name())
                .errorCode(code)
                .errorMessage(message)
                .build();
    }

    private Found find(@Nullable EvaluationContext context) {
        if (current != null) {
            return current.get()
                    .map(tenant -> cached(tenant.uuid(), () -> saas.tenants().find(tenant.id())))
                    .orElseGet(() -> missing("The thread works for no tenant."));
        }
        String name = context == null ? null : context.getTargetingKey();
        return name == null || name.isEmpty()
                ? missing("The targeting key names no tenant.")
                : cached(name, () -> saas.tenants().findByName(name));
    }

    private static Found missing(String message) {
        return new Found(Map.of(), ErrorCode.TARGETING_KEY_MISSING, message, 0);
    }

    private Found cached(Object key, Supplier<Optional<Tenant>> tenant) {
        synchronized (cache) {
            Found known = cache.get(key);
            if (known != null && ticker.getAsLong() - known.until() < 0) {
                return known;
            }
        }
        Found found = read(tenant);
        synchronized (cache) {
            cache.put(key, found);
            if (cache.size() > MOST_TENANTS) {
                cache.remove(cache.keySet().iterator().next());
            }
        }
        return found;
    }

    private Found read(Supplier<Optional<Tenant>> tenant) {
        try {
            return tenant.get()
                    .map(each -> new Found(each.entitlements(), null, "", ticker.getAsLong() + NANOS))
                    .orElseGet(() -> failed(ErrorCode.INVALID_CONTEXT, "There is no such tenant."));
        } catch (RuntimeException e) {
            String code = logged(e);
            return failed(ErrorCode.GENERAL, "The entitlements of the tenant cannot be read: " + code + ".");
        }
    }

    /** Logs why nothing was read, and returns the code of it. */
    private String logged(RuntimeException failure) {
        SaasException known = failure instanceof SaasException one ? one : null;
        if (known != null && known.category() == ErrorCategory.UNAVAILABLE) {
            unavailable.log("Reading entitlements", known);
        } else {
            LOG.log(Level.ERROR, "The entitlements of a tenant could not be read", failure);
        }
        return known == null ? "internal" : known.code();
    }

    private Found failed(ErrorCode code, String message) {
        return new Found(Map.of(), code, message, ticker.getAsLong() + FAILED_NANOS);
    }
}
