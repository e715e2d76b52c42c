// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import java.util.function.Supplier;

/** Passes on what it must, and one method that has a default. */
public class ForgetfulWrapper implements Catalog {
    private final Supplier<Catalog> catalogs;

    /** Receives where the catalog is. */
    public ForgetfulWrapper(Supplier<Catalog> catalogs) {
        this.catalogs = catalogs;
    }

    @Override
    public void migrate() {
        Runnable migration = () -> catalogs.get().migrate();
        migration.run();
    }

    @Override
    public int schemaVersion() {
        return catalogs.get().schemaVersion();
    }

    @Override
    public <T> T transact(Function<? super Transaction, ? extends T> work) {
        return catalogs.get().transact(work);
    }

    /** Forgets nothing itself. */
    public static final class Inherits extends ForgetfulWrapper {
        /** Receives where the catalog is. */
        public Inherits(Supplier<Catalog> catalogs) {
            super(catalogs);
        }

        @Override
        public void migrate() {
            super.migrate();
        }
    }
}
