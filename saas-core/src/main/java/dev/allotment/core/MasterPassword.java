// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The password of the service that makes and drops databases. One that was set while running wins over the setting. */
final class MasterPassword {
    private static final String PLACE = "master";

    private final ControlPlane plane;
    private final @Nullable String configured;
    private volatile @Nullable String configuredHash;

    /** @param configured null: none is set, and nothing matches until one is */
    MasterPassword(ControlPlane plane, @Nullable String configured) {
        this.plane = plane;
        this.configured = configured;
    }

    boolean matches(String password, @Nullable String clientAddress) {
        return plane.masters
                .check(PLACE, 0, password, clientAddress, this::account)
                .isPresent();
    }

    private Optional<Authenticator.Account<String>> account() {
        String stored = plane.catalog
                .transact(tx -> MainParameters.value(tx, MainParameters.MASTER_PASSWORD))
                .orElseGet(this::configuredHash);
        return stored == null
                ? Optional.empty()
                : Optional.of(new Authenticator.Account<>(PLACE, 0, PLACE, true, stored));
    }

    /** Hashed when it is first asked for, which a start need not wait for. */
    private @Nullable String configuredHash() {
        String hash = configuredHash;
        if (hash == null && configured != null) {
            hash = plane.passwords.hash(configured);
            configuredHash = hash;
        }
        return hash;
    }

    void change(String newPassword) {
        String hash = plane.passwords.hash(newPassword);
        plane.catalog.transact(tx -> {
            MemberRows.setParameter(tx, MainParameters.MASTER_PASSWORD, hash, true);
            return null;
        });
        plane.masters.forget(PLACE, 0);
    }
}
