// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.testing.MemoryBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Looks for words in the whole catalog. */
public final class Traces {
    private static final Pattern HASH = Pattern.compile("\\$pbkdf2-sha512\\$[^,\\]]+");

    private Traces() {}

    /** The rows of all types in the catalog that contain one of these words, but not by chance in a random hash. */
    public static List<String> of(MemoryBackend storage, String... words) {
        List<String> traces = new ArrayList<>();
        for (RecordType<?> type : RecordTypes.catalog()) {
            for (String row : rows(storage, type)) {
                String text = HASH.matcher(row).replaceAll("").toLowerCase(Locale.ROOT);
                if (Arrays.stream(words).anyMatch(text::contains)) {
                    traces.add(type.name() + " " + row);
                }
            }
        }
        return traces;
    }

    private static <R extends Record> List<String> rows(MemoryBackend storage, RecordType<R> type) {
        return Consistency.all(storage, type).stream()
                .map(each -> Arrays.toString(type.values(each)))
                .toList();
    }
}
