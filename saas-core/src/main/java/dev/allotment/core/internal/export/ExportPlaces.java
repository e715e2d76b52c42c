// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The exports and dumps that this node makes, or sends. Each takes a thread for as long as its reader wants, so there
 * are few, and no account has all of them. Thread-safe.
 */
public final class ExportPlaces {
    private final int most;
    private final int mostOfAnAccount;

    private ExportPlaces(int most, int mostOfAnAccount) {
        this.most = most;
        this.mostOfAnAccount = mostOfAnAccount;
    }

    /** Places for what reads databases: each takes a connection, too. */
    public static ExportPlaces ofDatabases() {
        return new ExportPlaces(2, 1);
    }

    /** Places for what is read from the store. A browser that continues a download may have two. */
    public static ExportPlaces ofDownloads() {
        return new ExportPlaces(20, 2);
    }

    /** A place that is taken. */
    public record Place(Set<TenantId> tenants, @Nullable UserId account) {}

    private final List<Place> taken = new ArrayList<>();

    /**
     * Takes a place, which {@link #leave} gives back.
     *
     * @param tenants those of which nothing else is exported meanwhile
     * @param account that exports the tenants; null: the embedder, which may take all places
     * @throws SaasException {@code export.busy}
     */
    public synchronized Place take(Set<TenantId> tenants, @Nullable UserId account) {
        for (Place each : taken) {
            if (!Collections.disjoint(each.tenants(), tenants)) {
                throw busy("This node is making an export of this tenant already.");
            }
        }
        if (account != null
                && taken.stream().filter(each -> account.equals(each.account())).count() >= mostOfAnAccount) {
            throw busy("This node makes or sends " + mostOfAnAccount + " at once for an account, and no more.");
        }
        if (taken.size() >= most) {
            throw busy("This node makes or sends " + most + " exports at once, and no more.");
        }
        Place place = new Place(tenants, account);
        taken.add(place);
        return place;
    }

    public synchronized void leave(Place place) {
        taken.remove(place);
    }

    private static SaasException busy(String why) {
        return new SaasException(
                ErrorCategory.CONFLICT, ErrorCodes.EXPORT_BUSY, why + " Try again later.", Map.of(), true, null);
    }
}
