// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.feature;

import dev.allotment.core.internal.base.Actor;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

/**
 * Work that is due from time to time. The maintenance runs it.
 *
 * @param stage when it runs
 * @param part its name in the statistics
 * @param what it does, for the log
 * @param work runs it with the rights of an actor, and returns how much it has done
 */
public record DueWork(Stage stage, String part, String what, ToIntFunction<Actor> work) {
    /** The order of the work. Work of one stage runs in the order of the features. */
    public enum Stage {
        /** What may make the rest wait. */
        FIRST,
        SERVERS,
        PLACEMENT,
        OPERATIONS,
        /** What makes tenants due. */
        PAYMENTS,
        TENANTS,
        CLOSING,
        STOCK,
        EXPIRY,
        SERVER_REMAINS,
        BACKUP_REMAINS,
        DELIVERY,
        LONG_OPERATIONS,
        BACKUPS
    }

    /** Work for which it does not matter who runs the maintenance. */
    public static DueWork of(Stage stage, String part, String what, IntSupplier work) {
        return new DueWork(stage, part, what, actor -> work.getAsInt());
    }
}
