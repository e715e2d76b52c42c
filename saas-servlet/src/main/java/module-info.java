// SPDX-License-Identifier: Apache-2.0
/** Mounts the protocols in a Jakarta Servlet container. */
@SuppressWarnings("module")
module dev.allotment.servlet {
    requires transitive dev.allotment.api;
    requires transitive jakarta.servlet;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.servlet;
    exports dev.allotment.servlet.page to
            dev.allotment.portal,
            dev.allotment.tenant;
    exports dev.allotment.servlet.request to
            dev.allotment.portal,
            dev.allotment.tenant;
    exports dev.allotment.servlet.stream to
            dev.allotment.portal;

    uses dev.allotment.spi.protocol.ProtocolProvider;
}
