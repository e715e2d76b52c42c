// SPDX-License-Identifier: Apache-2.0
/** The REST API with its OpenAPI document, for programs and operators. */
module dev.allotment.protocol.rest {
    requires com.fasterxml.jackson.core;
    requires dev.allotment.api;
    requires dev.allotment.protocol.jsonrpc;
    requires org.jspecify;
    requires org.slf4j;

    provides dev.allotment.spi.protocol.ProtocolProvider with
            dev.allotment.rest.RestProvider;
}
