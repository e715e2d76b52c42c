// SPDX-License-Identifier: Apache-2.0
/** What the SQL backends share. */
module dev.allotment.backend.jdbc {
    requires com.zaxxer.hikari;
    requires transitive dev.allotment.api;
    requires flyway.core;
    requires org.jdbi.v3.core;
    requires org.slf4j;
    requires static org.jspecify;
}
