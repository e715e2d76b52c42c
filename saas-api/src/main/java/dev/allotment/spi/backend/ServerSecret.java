// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.ServerId;

/**
 * The password of a server's provider, as only a control plane with the right secret key can read it.
 *
 * @param serverId unique
 * @param sealed encrypted by the core; what it looks like is the core's business
 */
public record ServerSecret(long id, ServerId serverId, String sealed) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<ServerSecret, Long> ID = RecordField.of("id");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<ServerSecret, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code sealed}, for filters and sort keys. */
    public static final RecordField<ServerSecret, String> SEALED = RecordField.of("sealed");

    @Override
    public String toString() {
        return "ServerSecret[serverId=" + serverId + "]";
    }
}
