// SPDX-License-Identifier: Apache-2.0
/** The XML-RPC codec of the Odoo protocol. */
module dev.allotment.protocol.xmlrpc {
    requires dev.allotment.api;
    requires dev.allotment.protocol.odoo;
    requires java.xml;
    requires ws.commons.util;
    requires xmlrpc.common;
    requires static org.jspecify;

    provides dev.allotment.spi.protocol.ProtocolProvider with
            dev.allotment.xmlrpc.XmlRpcProvider;
}
