// SPDX-License-Identifier: Apache-2.0
/** Mounts protocol adapters in a Jakarta Servlet container. */
module dev.allotment.servlet {
    requires transitive dev.allotment.api;
    requires transitive jakarta.servlet;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.allotment.servlet;

    uses dev.allotment.spi.protocol.ProtocolProvider;
}
