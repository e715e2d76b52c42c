// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.ServerId;

/**
 * The encrypted password of a database server.
 *
 * @param id 0 before it is stored
 * @param serverId unique
 * @param sealed encrypted by the core with the secret key; the format is private to the core
 */
public record ServerSecret(long id, ServerId serverId, String sealed) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<ServerSecret, Long> ID = RecordField.of("id");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<ServerSecret, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code sealed}, for filters and sort keys. */
    public static final RecordField<ServerSecret, String> SEALED = RecordField.of("sealed");

    /** Returns the server, without the secret. */
    @Override
    public String toString() {
        return "ServerSecret[serverId=" + serverId + "]";
    }
}
