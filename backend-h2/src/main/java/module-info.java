// SPDX-License-Identifier: Apache-2.0
/** The embedded backend, one H2 database per tenant. */
@SuppressWarnings("module") // ends in a digit, like the name of the database
module dev.allotment.backend.h2 {
    requires com.h2database;
    requires dev.allotment.api;
    requires dev.allotment.backend.jdbc;
    requires java.naming; // H2's data source implements its interfaces
    requires java.sql;
    requires static org.jspecify;

    // H2 creates the triggers.
    exports dev.allotment.h2 to
            com.h2database;
    // H2 creates the paths of files.
    exports dev.allotment.h2.engine to
            com.h2database;

    provides dev.allotment.spi.backend.BackendProvider with
            dev.allotment.h2.H2BackendProvider;
    provides java.sql.Driver with
            dev.allotment.h2.H2LoginDriver;
}
