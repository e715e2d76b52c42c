// SPDX-License-Identifier: Apache-2.0
/** The JSON-RPC codec of the Odoo protocol. */
module dev.allotment.protocol.jsonrpc {
    requires com.fasterxml.jackson.databind;
    requires dev.allotment.api;
    requires dev.allotment.protocol.odoo;
    requires org.slf4j;
    requires static org.jspecify;
}
