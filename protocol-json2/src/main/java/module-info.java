// SPDX-License-Identifier: Apache-2.0
/** The JSON-2 codec of the Odoo protocol, with API keys and named arguments. */
@SuppressWarnings("module")
module dev.allotment.protocol.json2 {
    requires com.fasterxml.jackson.core;
    requires dev.allotment.api;
    requires dev.allotment.protocol.jsonrpc;
    requires dev.allotment.protocol.odoo;
    requires static org.jspecify;

    provides dev.allotment.spi.protocol.ProtocolProvider with
            dev.allotment.json2.Json2Provider;
}
