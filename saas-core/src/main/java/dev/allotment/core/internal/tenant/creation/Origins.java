// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.spi.backend.StoredOperation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The origins by the names under which operations store them. */
final class Origins {
    private static final String KEY = "origin";

    /** The names are stored data, so an origin keeps its name. */
    private static final List<Named<?>> ALL = List.of(
            named("empty", Empty.class),
            named("template", FromTemplate.class),
            named("spare", FromSpare.class),
            named("copy", CopyOf.class),
            named("backup", FromBackup.class),
            named("import", FromImport.class),
            named("dump", FromDump.class));

    private Origins() {}

    private record Named<O extends Record & Origin>(String name, Class<O> type, InputCodec<O> codec) {
        Map<String, String> write(Origin origin) {
            return codec.write(type.cast(origin));
        }
    }

    private static <O extends Record & Origin> Named<O> named(String name, Class<O> type) {
        return new Named<>(name, type, InputCodec.of(type));
    }

    /**
     * The input of an operation that makes a tenant from an origin.
     *
     * @param more what is stored in addition
     */
    static Map<String, String> write(Origin origin, Map<String, String> more) {
        Named<?> named = ALL.stream()
                .filter(each -> each.type().isInstance(origin))
                .findFirst()
                .orElseThrow();
        Map<String, String> input = new HashMap<>(named.write(origin));
        input.putAll(more);
        input.put(KEY, named.name());
        return input;
    }

    /** The origin in the input of an operation; empty if only a newer version knows it. */
    static Optional<Origin> find(StoredOperation operation) {
        return ALL.stream()
                .filter(each -> each.name().equals(operation.input().get(KEY)))
                .findFirst()
                .map(each -> each.codec().read(operation));
    }

    /** @throws SaasException {@code record.newer} */
    static Origin of(StoredOperation operation) {
        return find(operation)
                .orElseThrow(() -> SaasException.unavailable(
                        ErrorCodes.RECORD_NEWER,
                        "A newer version of the program has started operation " + operation.id()
                                + ", and this version does not know what it makes the tenant from. A node of the newer"
                                + " version continues it.",
                        null));
    }
}
