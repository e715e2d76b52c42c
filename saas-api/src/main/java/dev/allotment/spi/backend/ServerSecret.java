// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ServerId;

/**
 * The password of a server's provider, as only a control plane with the right secret key can read it.
 *
 * @param serverId unique
 * @param sealed encrypted by the core; what it looks like is the core's business
 */
public record ServerSecret(long id, ServerId serverId, String sealed) {
    @Override
    public String toString() {
        return "ServerSecret[serverId=" + serverId + "]";
    }
}
