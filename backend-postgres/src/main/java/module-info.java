// SPDX-License-Identifier: Apache-2.0
/** The PostgreSQL backend, one database and one role per tenant. */
module dev.allotment.backend.postgres {
    requires dev.allotment.api;
    requires dev.allotment.backend.jdbc;
    requires org.postgresql.jdbc;
    requires static org.jspecify;
}
