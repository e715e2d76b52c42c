// SPDX-License-Identifier: Apache-2.0
/** The PostgreSQL backend, one database and one role per tenant. */
module dev.allotment.backend.postgres {
    requires com.zaxxer.hikari;
    requires dev.allotment.api;
    requires dev.allotment.backend.jdbc;
    requires io.leangen.geantyref; // for Jdbi, which has no module descriptor yet to say so
    requires java.naming;
    requires org.jdbi.v3.core;
    requires org.postgresql.jdbc;
    requires org.slf4j;
    requires static org.jspecify;

    provides dev.allotment.spi.backend.BackendProvider with
            dev.allotment.postgres.PostgresBackendProvider;
}
