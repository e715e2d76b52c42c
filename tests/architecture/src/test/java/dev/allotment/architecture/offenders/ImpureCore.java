// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

import org.assertj.core.api.AbstractAssert;

/** What a domain must not lean on. */
public final class ImpureCore {

    public static final class Sql {
        public void run(AutoCloseable connection) throws Exception {
            ((java.sql.Connection) connection).commit();
        }
    }

    public static final class Logging {
        public String name() {
            return java.util.logging.Level.INFO.getName();
        }
    }

    public abstract static class Library extends AbstractAssert<Library, String> {
        Library() {
            super("", Library.class);
        }
    }

    private ImpureCore() {}
}
