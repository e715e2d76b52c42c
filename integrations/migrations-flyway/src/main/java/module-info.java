// SPDX-License-Identifier: Apache-2.0
/** Migrates tenant databases with Flyway. */
// The API contains types of a library without a module descriptor.
@SuppressWarnings("requires-transitive-automatic")
module dev.allotment.flyway {
    requires transitive dev.allotment.api;
    requires transitive flyway.core;
    requires java.sql;
    requires static org.jspecify;

    exports dev.allotment.flyway;
}
