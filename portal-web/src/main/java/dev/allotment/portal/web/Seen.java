// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Identifies what a page showed. The form on the page sends it back, so that it is accepted only if everything is still
 * as the user has seen it. It is a checksum and no secret.
 */
public final class Seen {
    private Seen() {}

    /** Returns the same text for the same values, on each node. */
    public static String of(Object... shown) {
        CRC32 sum = new CRC32();
        sum.update(text(Arrays.asList(shown)).getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }

    /** A value as text. Maps and sets are sorted: their own order differs between processes. */
    private static String text(@Nullable Object value) {
        if (value instanceof Record shown) {
            return Arrays.stream(shown.getClass().getRecordComponents())
                    .map(each -> each.getName() + "=" + text(component(shown, each)))
                    .toList()
                    .toString();
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(each -> text(each.getKey()) + "=" + text(each.getValue()))
                    .sorted()
                    .toList()
                    .toString();
        }
        if (value instanceof Collection<?> collection) {
            Stream<String> texts = collection.stream().map(Seen::text);
            return (collection instanceof Set ? texts.sorted() : texts).toList().toString();
        }
        return String.valueOf(value);
    }

    private static @Nullable Object component(Record shown, RecordComponent component) {
        try {
            return component.getAccessor().invoke(shown);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A component of a public record could not be read: " + component, e);
        }
    }
}
