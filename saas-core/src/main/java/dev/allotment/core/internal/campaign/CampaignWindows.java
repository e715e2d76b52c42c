// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.MaintenanceWindow;
import dev.allotment.PlanId;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.StoredTenant;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tenants that a campaign leaves for later, since their maintenance window is closed. Confined to the thread of the
 * campaign.
 */
final class CampaignWindows {
    private final boolean wanted;
    private final Function<PlanId, Optional<MaintenanceWindow>> windowOfPlan;
    private final Set<TenantId> outsideWindow = new HashSet<>();
    /** When the first window opens. */
    private Instant nextOpening = Instant.MAX;

    /** @param wanted whether the campaign keeps to the windows at all */
    CampaignWindows(boolean wanted, Function<PlanId, Optional<MaintenanceWindow>> windowOfPlan) {
        this.wanted = wanted;
        this.windowOfPlan = windowOfPlan;
    }

    /**
     * Leaves the tenant for later if its window is closed.
     *
     * @return whether it is left for later
     */
    boolean putOff(StoredTenant tenant, Instant now) {
        MaintenanceWindow window = wanted ? window(tenant) : null;
        if (window == null) {
            return false;
        }
        ZoneId zone = zone(tenant);
        if (window.contains(now, zone)) {
            return false;
        }
        Instant next = window.nextAfter(now, zone);
        nextOpening = next.isBefore(nextOpening) ? next : nextOpening;
        outsideWindow.add(tenant.id());
        return true;
    }

    private @Nullable MaintenanceWindow window(StoredTenant tenant) {
        PlanId plan = tenant.planId();
        return tenant.maintenanceWindow() != null || plan == null
                ? tenant.maintenanceWindow()
                : windowOfPlan.apply(plan).orElse(null);
    }

    /** A zone that this machine does not know counts as UTC. */
    private static ZoneId zone(StoredTenant tenant) {
        try {
            return ZoneId.of(tenant.tz());
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    /** How many tenants are left for later. */
    int waiting() {
        return outsideWindow.size();
    }

    Instant nextOpening() {
        return nextOpening;
    }

    /** Returns the tenants that were left for later, and forgets them, once the first of their windows has opened. */
    Set<TenantId> takeOpened(Instant now) {
        if (outsideWindow.isEmpty() || now.isBefore(nextOpening)) {
            return Set.of();
        }
        Set<TenantId> opened = Set.copyOf(outsideWindow);
        nextOpening = Instant.MAX;
        outsideWindow.clear();
        return opened;
    }
}
