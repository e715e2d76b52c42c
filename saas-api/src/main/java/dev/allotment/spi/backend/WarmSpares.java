// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Claims spares faster than {@link Databases#claim} and a transaction after it, since they are prepared, or on the
 * server of the catalog. An ability of {@link Databases}; in a {@linkplain Databases#fencedBy view}, with its token.
 * Safe for use by several threads.
 */
public interface WarmSpares {
    /**
     * Claims a spare as {@link Databases#claim(DatabaseRef, String)} does, and runs work in one transaction inside it,
     * as {@link Databases#transact} does. If the spare was {@linkplain #prepared prepared}, the work may run before the
     * spare has its new name, which is faster. So the work must be repeatable: it may have run before, also without a
     * claim.
     *
     * <p>In a {@linkplain Databases#fencedBy view}, if the {@linkplain #sharesLogWithCatalog catalog is on the same
     * server}, the claim needs the operation in the catalog, running and with this token. Otherwise, it throws {@code
     * operation.taken-over}: the server has crashed, and has lost the {@linkplain Transaction#deferDurability
     * transaction} that stored the operation.
     *
     * @throws dev.allotment.SaasException as {@link Databases#claim(DatabaseRef, String)} and {@link
     *     Databases#transact}
     */
    <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work);

    /**
     * Announces which spares are likely to be claimed next by this process, so that the backend can prepare some of
     * them, such as by opening sessions. Replaces what was announced before. Returns at once, and never fails.
     *
     * @param spares the most likely first
     * @param most how many of them to have prepared at any time
     */
    void prepare(List<DatabaseRef> spares, int most);

    /** Returns the identities of the spares that are prepared now. Does no I/O. */
    Set<UUID> prepared();

    /**
     * Returns whether the server writes its databases and the catalog to one log: a commit that is durable makes all
     * earlier ones durable, in either of them. Does no I/O.
     */
    boolean sharesLogWithCatalog();
}
