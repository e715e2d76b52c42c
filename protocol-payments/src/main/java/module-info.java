// SPDX-License-Identifier: Apache-2.0
/** Receives the verified webhooks of payment systems. */
module dev.allotment.protocol.payments {
    requires com.fasterxml.jackson.core;
    requires dev.allotment.api;
    requires dev.allotment.protocol.jsonrpc;
    requires static org.jspecify;
    requires org.slf4j;

    provides dev.allotment.spi.protocol.ProtocolProvider with
            dev.allotment.payments.PaymentsProvider;
}
