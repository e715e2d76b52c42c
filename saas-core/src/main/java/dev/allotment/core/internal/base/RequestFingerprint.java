// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.spi.backend.JsonText;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a request. Two requests with one idempotency key must have the same hash.
 *
 * <p>Only parts with a value count. A part without one is null, false, the primitive 0, or an empty list or map. So a
 * command can get a new part, and requests that do not use it keep their hash.
 */
public final class RequestFingerprint {
    private static final String KEY = "idempotencyKey";

    private RequestFingerprint() {}

    /**
     * Hashes a command, without its idempotency key.
     *
     * @param action the use case, such as {@code create}
     * @param command prints its parts without secrets
     */
    public static String of(String action, Record command) {
        Map<String, String> parts = new TreeMap<>();
        for (RecordComponent component : command.getClass().getRecordComponents()) {
            Object value = component.getName().equals(KEY) ? null : value(command, component);
            if (value != null && !absent(component, value)) {
                parts.put(component.getName(), text(value));
            }
        }
        return of(action, parts);
    }

    /** Hashes the parts of a request that is not a command. */
    public static String of(String action, Map<String, String> parts) {
        return Secrets.hash(action + " " + JsonText.write(parts));
    }

    private static @Nullable Object value(Record command, RecordComponent component) {
        try {
            return component.getAccessor().invoke(command);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The part " + component + " of a request cannot be read.", e);
        }
    }

    private static boolean absent(RecordComponent component, Object value) {
        if (component.getType().isPrimitive()) {
            return value.equals(false) || (value instanceof Number number && number.doubleValue() == 0);
        }
        return (value instanceof Collection<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return JsonText.write(list.stream().map(String::valueOf).toList());
        }
        // The order of an immutable map differs between processes.
        return value instanceof Map<?, ?> map ? new TreeMap<>(map).toString() : value.toString();
    }
}
