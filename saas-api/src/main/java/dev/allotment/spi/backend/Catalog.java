// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The records of the control plane itself: {@link RecordTypes#catalog()}. Thread-safe. */
public interface Catalog {
    /**
     * Brings the schema up to date, or makes it; any number of processes may call it at once. Called once before first use.
     *
     * @throws dev.allotment.SaasException {@code backend.schema} where the stored schema is newer than this build, or not
     *     what its own migrations made
     */
    void migrate();

    /**
     * Runs work in one transaction: all of it is stored, durably, when this returns; nothing of it when it throws, and the
     * exception of the work comes out unchanged. Isolation is read committed at least; {@link Records#lock} orders writers.
     *
     * <p>The work may be run again from the start after a deadlock, a serialization failure or a lost connection, so it must do
     * nothing but use its transaction. Not reentrant.
     */
    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);
}
