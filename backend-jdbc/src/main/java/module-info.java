// SPDX-License-Identifier: Apache-2.0
/** What the SQL backends share. */
// names the backends, which are built after it; Jdbi has no module descriptor yet
@SuppressWarnings({"module", "requires-transitive-automatic"})
module dev.allotment.backend.jdbc {
    requires transitive dev.allotment.api;
    requires transitive java.sql;
    requires transitive org.jdbi.v3.core;
    requires io.leangen.geantyref; // for Jdbi, which has no descriptor to say so
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.jdbc to
            dev.allotment.backend.h2,
            dev.allotment.backend.postgres;
}
