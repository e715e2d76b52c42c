// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.TenantId;
import dev.allotment.spi.backend.StoredTenant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The tenants that a run of a campaign has not tried yet. It reads them in the order of their numbers, page by page.
 * After the last one it starts again with the first, until a whole pass has found none: a tenant may have been created,
 * moved or restored meanwhile. Confined to the thread of the campaign.
 */
final class TenantQueue {
    /** How many tenants wait in memory for a place on their server. */
    private static final int MAX_WAITING = 5000;

    private static final TenantId BEFORE_ALL = new TenantId(0);

    /** Reads the tenants that the campaign selects. */
    interface Pages {
        /**
         * The next tenants, in the order of their numbers; none after the last one.
         *
         * @param last the number of the last tenant of the page before; 0: a pass starts
         */
        List<StoredTenant> after(TenantId last);
    }

    private final Pages pages;
    private final Predicate<StoredTenant> isWanted;
    private final Deque<StoredTenant> waiting = new ArrayDeque<>();
    /** The tenants that the next round tries again. */
    private final Deque<StoredTenant> skipped = new ArrayDeque<>();
    /** The tenants that are not taken from the catalog: being changed, tried, waiting or skipped. */
    private final Set<TenantId> seen = new HashSet<>();

    private TenantId last = BEFORE_ALL;
    /** Whether the present pass over the catalog has found any. */
    private boolean foundAny;
    /** Whether the last pass has found none. */
    private boolean exhausted;

    /** @param isWanted decides for each tenant of a page, which may contain others */
    TenantQueue(Pages pages, Predicate<StoredTenant> isWanted) {
        this.pages = pages;
        this.isWanted = isWanted;
    }

    /** Leaves tenants out: they have been tried, or are being changed. */
    void leaveOut(Collection<TenantId> tenants) {
        seen.addAll(tenants);
    }

    /** Takes the next tenant that has a place; empty if none is left, or none has a place now. */
    Optional<StoredTenant> take(Predicate<StoredTenant> hasPlace) {
        Optional<StoredTenant> next = takeWaiting(hasPlace);
        while (next.isEmpty() && !exhausted && waiting.size() < MAX_WAITING && readPage()) {
            next = takeWaiting(hasPlace);
        }
        return next;
    }

    private Optional<StoredTenant> takeWaiting(Predicate<StoredTenant> hasPlace) {
        for (Iterator<StoredTenant> each = waiting.iterator(); each.hasNext(); ) {
            StoredTenant tenant = each.next();
            if (hasPlace.test(tenant)) {
                each.remove();
                return Optional.of(tenant);
            }
        }
        return Optional.empty();
    }

    /** Returns whether there may be more. */
    private boolean readPage() {
        List<StoredTenant> page = pages.after(last);
        for (StoredTenant each : page) {
            last = each.id();
            if (isWanted.test(each) && seen.add(each.id())) {
                waiting.add(each);
                foundAny = true;
            }
        }
        if (!page.isEmpty()) {
            return true;
        }
        exhausted = !foundAny;
        last = BEFORE_ALL;
        foundAny = false;
        return !exhausted;
    }

    /** Keeps a tenant that cannot be changed now for the next round. */
    void skip(StoredTenant tenant) {
        skipped.add(tenant);
    }

    boolean hasSkipped() {
        return !skipped.isEmpty();
    }

    /** Starts a round over the tenants that were skipped. */
    void retrySkipped() {
        waiting.addAll(skipped);
        skipped.clear();
    }

    /** Takes a tenant from the catalog again if it is still there when it is read next. */
    void forget(TenantId tenant) {
        seen.remove(tenant);
    }

    /** Reads tenants again that were left out, also those that the present pass is past. */
    void readAgain(Collection<TenantId> tenants) {
        seen.removeAll(tenants);
        exhausted = false;
        foundAny = true;
    }

    /** Looks again whether the catalog has more. */
    void lookAgain() {
        exhausted = false;
    }

    /** Looks again whether the catalog has more if this was the last tenant: some may have appeared. */
    void tried(boolean othersAreBeingChanged) {
        exhausted = exhausted && (othersAreBeingChanged || !waiting.isEmpty());
    }
}
