// SPDX-License-Identifier: Apache-2.0
/** Migrates tenant databases with Liquibase. */
// The API contains types of a library without a module descriptor.
@SuppressWarnings("requires-transitive-automatic")
module dev.allotment.liquibase {
    requires transitive dev.allotment.api;
    requires transitive java.sql;
    requires transitive liquibase.core;
    requires static org.jspecify;

    exports dev.allotment.liquibase;
}
