// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.util.Optional;

/** Understands the webhooks of one payment system. Thread-safe. */
interface Receiver {
    /** Whether the payment system has sent a call, and has sent it just now if that can be known. */
    boolean isVerified(Call call);

    /** What a message says; empty: nothing about payments. */
    Optional<Notice> read(Json message);

    /** The key of the attribute in which customers and tenants have their ids at the payment system. */
    String attribute();
}
