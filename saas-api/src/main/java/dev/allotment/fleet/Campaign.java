// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Internal;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to bring many tenants to one state: {@code
 * Campaign.of(CampaignChange.schema()).canaries(5).waves(10, 50).parallel(4).build()}.
 *
 * <p>A campaign selects the open and suspended tenants that have all of its tags, and its plan, server and customer,
 * that its filter selects, and that do not have the wanted state yet. Immutable.
 *
 * @param change the wanted state
 * @param tags selects the tenants with all of these tags, see {@link Filter#tagged}
 * @param plan selects the tenants on this plan; null: all
 * @param server selects the tenants on this database server; null: all
 * @param customer selects the tenants of this customer; null: all
 * @param filter selects tenants by any of their fields, such as {@code Filter.attribute("region", "eu")}. It is read
 *     again right before each change, so a tenant that it no longer selects is left out
 * @param canaries how many tenants are changed first, one after the other; if one of them fails, no other is tried
 * @param waves growing percentages of the tenants that are left after the canaries, from 1 to 99, such as {@code 10,
 *     50}; a wave starts when all tenants of the one before were tried. The last wave has the rest, and is not in the
 *     list
 * @param parallel how many tenants are changed at once after the canaries, on all nodes together, from 1 to 1000; more
 *     than one needs the embedder's executor
 * @param parallelPerServer how many of these may be on one database server, up to 1000; 0: no limit
 * @param maxFailures how many tenants may fail; after one more, no other is tried; null: no such limit
 * @param maxFailurePercent how many of a hundred tried tenants may fail, once 20 were tried; null: no such limit
 * @param inWindow whether a tenant is changed only in its maintenance window, which may be that of its plan; a tenant
 *     without a window is changed at any time
 * @param backupBefore whether a backup of each tenant is made right before its change
 * @param idempotencyKey a repeated request with the same key returns the first campaign; null: none
 */
public record Campaign(
        CampaignChange change,
        List<String> tags,
        @Nullable PlanId plan,
        @Nullable ServerId server,
        @Nullable CustomerId customer,
        Filter<? super Tenant> filter,
        int canaries,
        List<Integer> waves,
        int parallel,
        int parallelPerServer,
        @Nullable Integer maxFailures,
        @Nullable Integer maxFailurePercent,
        boolean inWindow,
        boolean backupBefore,
        @Nullable String idempotencyKey) {
    private static final int MOST_AT_ONCE = 1000;

    /** Creates a record from all its components. Use {@link #of} instead. */
    @Internal
    public Campaign {
        tags = List.copyOf(tags);
        waves = List.copyOf(waves);
        List<String> problems = new ArrayList<>();
        requireBetween(problems, 0, Integer.MAX_VALUE, canaries, "canaries");
        requireBetween(problems, 1, MOST_AT_ONCE, parallel, "tenants at once");
        requireBetween(problems, 0, MOST_AT_ONCE, parallelPerServer, "of them on a server");
        requireBetween(problems, 0, Integer.MAX_VALUE, maxFailures, "failures");
        requireBetween(problems, 0, 100, maxFailurePercent, "percent of failures");
        if (!grow(waves)) {
            problems.add("waves that grow from 1 to 99 percent, found " + waves);
        }
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID, "A campaign has " + String.join("; ", problems) + ".");
        }
    }

    private static void requireBetween(
            List<String> problems, int least, int most, @Nullable Integer found, String what) {
        if (found != null && (found < least || found > most)) {
            problems.add((most == Integer.MAX_VALUE ? least + " or more " : least + " to " + most + " ") + what
                    + ", found " + found);
        }
    }

    private static boolean grow(List<Integer> waves) {
        int before = 0;
        for (int percent : waves) {
            if (percent <= before || percent > 99) {
                return false;
            }
            before = percent;
        }
        return true;
    }

    /** Starts a builder. The builder methods name the defaults. */
    public static Builder of(CampaignChange change) {
        return new Builder(change);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        Builder copy = new Builder(change)
                .tags(tags)
                .plan(plan)
                .server(server)
                .customer(customer)
                .filter(filter)
                .canaries(canaries)
                .parallel(parallel)
                .parallelPerServer(parallelPerServer)
                .maxFailures(maxFailures)
                .maxFailurePercent(maxFailurePercent)
                .inWindow(inWindow)
                .backupBefore(backupBefore)
                .idempotencyKey(idempotencyKey);
        copy.waves = waves;
        return copy;
    }

    /** Collects the parts of {@link Campaign}. Not safe for use by several threads. */
    public static final class Builder {
        private CampaignChange change;
        private List<String> tags = List.of();
        private @Nullable PlanId plan;
        private @Nullable ServerId server;
        private @Nullable CustomerId customer;
        private Filter<? super Tenant> filter = Filter.all();
        private int canaries = 1;
        private List<Integer> waves = List.of();
        private int parallel = 1;
        private int parallelPerServer;
        private @Nullable Integer maxFailures;
        private @Nullable Integer maxFailurePercent;
        private boolean inWindow;
        private boolean backupBefore;
        private @Nullable String idempotencyKey;

        private Builder(CampaignChange change) {
            this.change = Objects.requireNonNull(change, "change");
        }

        /** Sets {@link Campaign#change}. */
        public Builder change(CampaignChange value) {
            change = value;
            return this;
        }

        /** Sets {@link Campaign#tags}. Default: none. */
        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

        /** Sets {@link Campaign#plan}. Default: null, all. */
        public Builder plan(@Nullable PlanId value) {
            plan = value;
            return this;
        }

        /** Sets {@link Campaign#server}. Default: null, all. */
        public Builder server(@Nullable ServerId value) {
            server = value;
            return this;
        }

        /** Sets {@link Campaign#customer}. Default: null, all. */
        public Builder customer(@Nullable CustomerId value) {
            customer = value;
            return this;
        }

        /** Sets {@link Campaign#filter}. Default: all. */
        public Builder filter(Filter<? super Tenant> value) {
            filter = value;
            return this;
        }

        /** Sets {@link Campaign#canaries}. Default: 1. */
        public Builder canaries(int value) {
            canaries = value;
            return this;
        }

        /** Sets {@link Campaign#waves}. Default: none, one wave. */
        public Builder waves(Integer... percents) {
            waves = List.of(percents);
            return this;
        }

        /** Sets {@link Campaign#parallel}. Default: 1. */
        public Builder parallel(int value) {
            parallel = value;
            return this;
        }

        /** Sets {@link Campaign#parallelPerServer}. Default: 0, no limit. */
        public Builder parallelPerServer(int value) {
            parallelPerServer = value;
            return this;
        }

        /** Sets {@link Campaign#maxFailures}. Default: null, which means 0 unless {@link #maxFailurePercent} is set. */
        public Builder maxFailures(@Nullable Integer value) {
            maxFailures = value;
            return this;
        }

        /** Sets {@link Campaign#maxFailurePercent}. Default: null, no such limit. */
        public Builder maxFailurePercent(@Nullable Integer value) {
            maxFailurePercent = value;
            return this;
        }

        /** Sets {@link Campaign#inWindow}. Default: false. */
        public Builder inWindow(boolean value) {
            inWindow = value;
            return this;
        }

        /** Sets {@link Campaign#backupBefore}. Default: false. */
        public Builder backupBefore(boolean value) {
            backupBefore = value;
            return this;
        }

        /** Sets {@link Campaign#idempotencyKey}. Default: null, none. */
        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        /**
         * Creates the record.
         *
         * @throws SaasException {@code configuration.invalid} with everything that is wrong
         */
        public Campaign build() {
            Integer failures = maxFailures == null && maxFailurePercent == null ? Integer.valueOf(0) : maxFailures;
            return new Campaign(
                    change,
                    tags,
                    plan,
                    server,
                    customer,
                    filter,
                    canaries,
                    waves,
                    parallel,
                    parallelPerServer,
                    failures,
                    maxFailurePercent,
                    inWindow,
                    backupBefore,
                    idempotencyKey);
        }
    }
}
