// SPDX-License-Identifier: Apache-2.0
/** The JSON-RPC codec of the Odoo protocol, and its web sessions. */
@SuppressWarnings("module") // exports to JSON-2, which is compiled after it
module dev.allotment.protocol.jsonrpc {
    requires com.fasterxml.jackson.core;
    requires dev.allotment.api;
    requires dev.allotment.protocol.odoo;
    requires static org.jspecify;

    exports dev.allotment.jsonrpc.request to
            dev.allotment.protocol.json2,
            dev.allotment.protocol.payments,
            dev.allotment.protocol.rest;

    provides dev.allotment.spi.protocol.ProtocolProvider with
            dev.allotment.jsonrpc.JsonRpcProvider;
}
