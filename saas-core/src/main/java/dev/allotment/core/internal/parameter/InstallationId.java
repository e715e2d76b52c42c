// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.Parameter;
import dev.allotment.core.internal.base.CoreContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The identity that the catalog got when it was created; the same on every node. */
public final class InstallationId {
    private final CoreContext context;
    private volatile @Nullable UUID known;

    public InstallationId(CoreContext context) {
        this.context = context;
    }

    public UUID get() {
        UUID uuid = known;
        if (uuid == null) {
            uuid = context.catalog()
                    .transact(tx -> MainParameters.value(tx, Parameter.DATABASE_UUID))
                    .map(UUID::fromString)
                    .orElseThrow();
            known = uuid;
        }
        return uuid;
    }
}
