// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.spi.Transaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The passwords that tenants' applications connect with. They follow from one secret of the catalog and the tenant's identity,
 * so that all nodes know the same without any being stored, and none has to void what another one uses.
 */
final class ApplicationLogins {
    private final ControlPlane plane;
    private volatile @Nullable String key;

    ApplicationLogins(ControlPlane plane) {
        this.plane = plane;
    }

    String password(Tenant tenant) {
        String known = key;
        if (known == null) {
            known = key();
            key = known;
        }
        return Secrets.derived(known, "application of " + tenant.uuid());
    }

    private String key() {
        String fresh = plane.secrets.next();
        try {
            return plane.catalog.transact(tx -> stored(tx).orElseGet(() -> {
                MemberRows.setParameter(tx, MainParameters.APPLICATION_KEY, fresh, true);
                return fresh;
            }));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                throw e;
            }
            // Another node was first.
            return plane.catalog.transact(tx -> stored(tx).orElseThrow(() -> e));
        }
    }

    private static Optional<String> stored(Transaction tx) {
        return MainParameters.value(tx, MainParameters.APPLICATION_KEY);
    }
}
