// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * A command to migrate all outdated tenants: {@code MigrateTenants.builder().canaries(5).parallel(4).build()}.
 *
 * <p>Immutable.
 *
 * @param tag selects the tenants with this tag, see {@link Filter#tagged}; null: all
 * @param canaries how many tenants are migrated first, one after the other; if one of them fails, no other is tried
 * @param parallel how many tenants are migrated at once after that; more than one needs the embedder's executor
 * @param maxFailures how many tenants may fail; after one more, no other is tried
 */
public record MigrateTenants(@Nullable String tag, int canaries, int parallel, int maxFailures) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public MigrateTenants {
        if (canaries < 0 || parallel < 1 || maxFailures < 0) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A migration of tenants has 0 or more canaries, 1 or more tenants at once, and 0 or more failures;"
                            + " found " + canaries + ", " + parallel + " and " + maxFailures + ".");
        }
    }

    /** Starts a builder. The builder methods name the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder().tag(tag).canaries(canaries).parallel(parallel).maxFailures(maxFailures);
    }

    /** Collects the parts of {@link MigrateTenants}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable String tag;
        private int canaries = 1;
        private int parallel = 1;
        private int maxFailures;

        private Builder() {}

        /** Sets {@link MigrateTenants#tag}: selects the tenants with this tag. Default: null, all. */
        public Builder tag(@Nullable String value) {
            tag = value;
            return this;
        }

        /** Sets {@link MigrateTenants#canaries}: how many tenants are migrated first. Default: 1. */
        public Builder canaries(int value) {
            canaries = value;
            return this;
        }

        /** Sets {@link MigrateTenants#parallel}: how many tenants are migrated at once. Default: 1. */
        public Builder parallel(int value) {
            parallel = value;
            return this;
        }

        /** Sets {@link MigrateTenants#maxFailures}: how many tenants may fail. Default: 0. */
        public Builder maxFailures(int value) {
            maxFailures = value;
            return this;
        }

        /** Creates the record. */
        public MigrateTenants build() {
            return new MigrateTenants(tag, canaries, parallel, maxFailures);
        }
    }
}
