// SPDX-License-Identifier: Apache-2.0
/** What an application puts before itself to serve each client database under its own host. */
module dev.allotment.tenant {
    requires transitive dev.allotment.api;
    requires transitive dev.allotment.servlet;
    requires transitive jakarta.servlet;
    requires transitive java.sql;
    requires com.zaxxer.hikari;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.tenant;
}
