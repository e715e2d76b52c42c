// SPDX-License-Identifier: Apache-2.0
/** What the SQL backends share. */
@SuppressWarnings("module") // names the backends, which are built after it
module dev.allotment.backend.jdbc {
    requires transitive dev.allotment.api;
    requires transitive java.sql;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.jdbc to
            dev.allotment.backend.h2,
            dev.allotment.backend.postgres;
}
