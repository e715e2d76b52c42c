// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exports that this node makes. Each takes a connection and a thread for as long as its reader wants, so there are
 * few, and no account has more than one of them. Thread-safe.
 */
public final class ExportPlaces {
    private static final int MOST_AT_ONCE = 2;

    private record Running(TenantId tenant, @Nullable UserId account) {}

    private final List<Running> running = new ArrayList<>();

    /**
     * Takes a place, which {@link #leave} gives back.
     *
     * @param account that exports the tenant; null: the embedder, which may take all places
     * @throws SaasException {@code export.busy}
     */
    synchronized void take(TenantId tenant, @Nullable UserId account) {
        for (Running each : running) {
            if (each.tenant().equals(tenant)) {
                throw busy("This node is making an export of this tenant already.");
            }
            if (account != null && account.equals(each.account())) {
                throw busy("This node is making an export for this account already.");
            }
        }
        if (running.size() == MOST_AT_ONCE) {
            throw busy("This node makes " + MOST_AT_ONCE + " exports at once, and no more.");
        }
        running.add(new Running(tenant, account));
    }

    /** Gives the place of a tenant back. */
    synchronized void leave(TenantId tenant) {
        running.removeIf(each -> each.tenant().equals(tenant));
    }

    private static SaasException busy(String why) {
        return new SaasException(
                ErrorCategory.CONFLICT, ErrorCodes.EXPORT_BUSY, why + " Try again later.", Map.of(), true, null);
    }
}
