// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.TenantId;
import dev.allotment.fleet.Campaign;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts the tenants that a campaign has changed, and those that failed, and decides when too many have failed. Only
 * what was tried since a caller continued the campaign counts. Confined to the thread of the campaign.
 */
final class FailureBudget {
    /** How many failed tenants the message of a stopped campaign names. */
    private static final int MAX_MESSAGES = 10;
    /** How many tenants must have been tried before a percentage of them says anything. */
    private static final int MIN_COUNTED = 20;

    private final Campaign campaign;
    /** The tenants whose last attempt failed. */
    private final Set<TenantId> failed = new HashSet<>();

    private final List<String> messages = new ArrayList<>();
    private int done;
    private int countedDone;
    private int countedFailed;

    FailureBudget(Campaign campaign) {
        this.campaign = campaign;
    }

    /** Counts what earlier runs did. */
    void start(int changed, Collection<TenantId> failures, int changedSince, int failedSince) {
        done = changed;
        failed.addAll(failures);
        countedDone = changedSince;
        countedFailed = failedSince;
    }

    void changed(TenantId tenant) {
        done++;
        countedDone++;
        failed.remove(tenant);
    }

    void failed(TenantId tenant, String message) {
        failed.add(tenant);
        countedFailed++;
        if (messages.size() < MAX_MESSAGES) {
            messages.add(message);
        }
    }

    /** How many tenants have been changed in all. An earlier run may have finished some meanwhile. */
    void correct(int changed) {
        done = changed;
    }

    int done() {
        return done;
    }

    int failed() {
        return failed.size();
    }

    /** How many tenants count for the stage, the wave and the limits of failures. */
    long counted() {
        return (long) countedDone + countedFailed;
    }

    boolean tooMany() {
        Integer most = campaign.maxFailures();
        Integer percent = campaign.maxFailurePercent();
        return (most != null && countedFailed > most)
                || (percent != null && counted() >= MIN_COUNTED && 100L * countedFailed > percent * counted());
    }

    /** Whether a canary has failed, in an earlier run. */
    boolean hasFailedCanary() {
        return countedFailed > 0 && done + countedFailed <= campaign.canaries();
    }

    /** What was done, in two sentences at most. */
    String sum() {
        return "Done: " + done + ", failed: " + failed.size() + ".";
    }

    /** What was done, and which tenants failed. */
    String reasons() {
        return (sum() + " " + String.join(" ", messages)).strip();
    }
}
