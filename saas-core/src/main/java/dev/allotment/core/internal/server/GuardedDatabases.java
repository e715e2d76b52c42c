// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CatalogMark;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.CatalogMarks;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a server that accept changes by one catalog only: not by a copy, and not if the server has the
 * mark of another place. Opening a database counts as a change, since it may be migrated. Thread-safe.
 */
final class GuardedDatabases extends DelegatingDatabases {
    private static final Logger LOG = System.getLogger("dev.allotment.addons");

    private static final long CHECK_AFTER = 60_000_000_000L;

    private final Proof proof;

    GuardedDatabases(Databases databases, String server, CatalogGuard guard, LongSupplier ticker) {
        this(databases, new Proof(databases, server, guard, ticker));
    }

    private GuardedDatabases(Databases databases, Proof proof) {
        super(databases);
        this.proof = proof;
    }

    /** Proves to the server that this catalog may change its databases. */
    private static final class Proof {
        private final Databases databases;
        private final String server;
        private final CatalogGuard guard;
        private final LongSupplier ticker;
        private volatile @Nullable Long provedAt;
        private volatile boolean accepted;

        Proof(Databases databases, String server, CatalogGuard guard, LongSupplier ticker) {
            this.databases = databases;
            this.server = server;
            this.guard = guard;
            this.ticker = ticker;
        }

        void require(boolean marking) {
            guard.requireOriginal();
            Long at = provedAt;
            if (at != null && ticker.getAsLong() - at < CHECK_AFTER) {
                return;
            }
            provedAt = null;
            CatalogMark mine = guard.mark();
            if (mine == null) {
                return;
            }
            CatalogMarks marks = databases.marks();
            if (marks == null) {
                accept();
                return;
            }
            CatalogMark found = CatalogMark.parse(marks.mark());
            if (found == null || found.epoch() < mine.epoch()) {
                if (!marking) {
                    return;
                }
                mark(marks, mine.text());
            } else if (!found.equals(mine)) {
                guard.supersede();
                throw SaasException.conflict(
                        ErrorCodes.CATALOG_CLONE,
                        "Another copy of this catalog changes the databases on database server "
                                + TextRules.describe(server) + ". Nothing was changed. If this is the catalog, and the"
                                + " other one is gone, an operator confirms that with \"saas catalog --moved\".");
            }
            accept();
        }

        private void accept() {
            accepted = true;
            provedAt = ticker.getAsLong();
        }

        /** For a change that harms no database if another catalog was confirmed meanwhile. */
        void requireOnce() {
            if (accepted) {
                guard.requireOriginal();
            } else {
                require(true);
            }
        }

        /** If another node marks the server at the same time, one of the two may fail. */
        private static void mark(CatalogMarks marks, String text) {
            try {
                marks.setMark(text);
            } catch (SaasException e) {
                if (!Objects.equals(marks.mark(), text)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Asks the server now whether another copy of the catalog changes its databases.
     *
     * @param marking whether to mark a server that has no mark, or an older one
     */
    void ask(boolean marking) {
        proof.require(marking);
    }

    /** Ending sessions may be what lets the server show its mark, so that does not wait for it again and again. */
    @Override
    protected <T extends @Nullable Object> T around(Effect effect, Supplier<? extends T> call) {
        try {
            switch (effect) {
                case NONE -> {}
                case PROTECTS -> proof.requireOnce();
                case CHANGES -> proof.require(true);
            }
            return call.get();
        } catch (SaasException e) {
            throw naming(proof.server, e);
        }
    }

    /** Adds the name of a server to the message of a failure, if the server was not available. */
    static SaasException naming(String server, SaasException failure) {
        if (!failure.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)) {
            return failure;
        }
        SaasException named = new SaasException(
                failure.category(),
                failure.code(),
                "Database server " + TextRules.describe(server) + ": " + failure.getMessage(),
                failure.details(),
                failure.retryable(),
                failure.getCause());
        named.setStackTrace(failure.getStackTrace());
        Arrays.stream(failure.getSuppressed()).forEach(named::addSuppressed);
        return named;
    }

    @Override
    protected Databases view(Databases fenced) {
        return new GuardedDatabases(fenced, proof);
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        try {
            return super.<T>configure(database, work);
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ADDON_FAILED)) {
                logScript(database, e);
            }
            throw e;
        }
    }

    /**
     * Clients and operations do not see the message of the database, which says what is wrong with the script. A
     * backend may run a script more than once.
     */
    private static void logScript(DatabaseRef database, SaasException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        Throwable origin = cause.getCause() == null ? cause : cause.getCause();
        LOG.log(
                Level.WARNING,
                "A script of an add-on failed: "
                        + String.valueOf(origin.getMessage()).replaceAll("\\s+", " ")
                        + " [addon=" + failure.details().get("addon") + " script="
                        + failure.details().get("script") + " database=" + database.name() + "]");
        LOG.log(Level.DEBUG, "Where it failed", origin);
    }
}
