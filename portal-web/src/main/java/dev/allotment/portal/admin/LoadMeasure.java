// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.DatabaseLoad;
import dev.allotment.portal.databases.UsageMeter;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What is measured of the load that a database puts on its server. */
public enum LoadMeasure {
    CONNECTIONS("Connections", load -> (long) load.connections(), Long::toString) {
        @Override
        String text(DatabaseLoad load) {
            Integer most = load.maxConnections();
            return most == null ? super.text(load) : load.connections() + " of " + most;
        }
    },
    TRANSACTION("Oldest transaction", load -> seconds(load.oldestTransaction()), LoadMeasure::age),
    LOCKS("Locks", DatabaseLoad::locks, Long::toString),
    PREPARED("Prepared transactions", DatabaseLoad::preparedTransactions, Long::toString),
    TEMPORARY("Temporary files", DatabaseLoad::temporaryBytes, UsageMeter::bytes),
    TRANSACTIONS("Transactions", DatabaseLoad::transactions, Long::toString),
    ACTIVE("Active time", load -> seconds(load.activeTime()), LoadMeasure::age);

    private static final String NOT_MEASURED = "Not measured";
    private static final Duration LONG = Duration.ofMinutes(2);

    private final String label;
    private final Function<DatabaseLoad, @Nullable Long> value;
    private final LongFunction<String> words;

    LoadMeasure(String label, Function<DatabaseLoad, @Nullable Long> value, LongFunction<String> words) {
        this.label = label;
        this.value = value;
        this.words = words;
    }

    /** Its name on pages. */
    public String label() {
        return label;
    }

    /** The value of a database, for comparisons; -1: not measured. */
    long value(DatabaseLoad load) {
        Long measured = value.apply(load);
        return measured == null ? -1 : measured;
    }

    /** The value of a database, for people. */
    String text(DatabaseLoad load) {
        Long measured = value.apply(load);
        return measured == null ? NOT_MEASURED : words.apply(measured);
    }

    private static @Nullable Long seconds(@Nullable Duration duration) {
        return duration == null ? null : (Long) duration.toSeconds();
    }

    private static String age(long seconds) {
        return seconds < LONG.toSeconds() ? seconds + " s" : seconds / 60 + " min";
    }
}
