// SPDX-License-Identifier: Apache-2.0
/** A filter in front of an application that serves each tenant under its own host. */
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
