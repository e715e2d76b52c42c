// SPDX-License-Identifier: Apache-2.0
/** The parts that the SQL backends share. */
@SuppressWarnings("module") // exports to the backends, which are compiled after it
module dev.allotment.backend.jdbc {
    requires transitive dev.allotment.api;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.allotment.jdbc to
            dev.allotment.backend.h2,
            dev.allotment.backend.postgres;
}
