// SPDX-License-Identifier: Apache-2.0
/** The XML-RPC codec of the Odoo protocol. */
module dev.allotment.protocol.xmlrpc {
    requires dev.allotment.api;
    requires dev.allotment.protocol.odoo;
    requires java.xml;
    requires org.slf4j;
    requires xmlrpc.common;
    requires static org.jspecify;
}
