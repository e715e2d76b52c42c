// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * What a configuration change did. Unknown groups are not an error; they are listed here.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant after the change
 * @param installed add-ons that were newly installed, including dependencies, in the order of installation
 * @param updated add-ons whose version changed
 * @param uninstalled add-ons that were removed
 * @param unknownGroupsToGrant groups that the owner was to join and that do not exist
 * @param unknownGroupsToRevoke groups that members were to leave and that do not exist
 */
public record ConfigurationResult(
        Tenant tenant,
        List<String> installed,
        List<String> updated,
        List<String> uninstalled,
        List<String> unknownGroupsToGrant,
        List<String> unknownGroupsToRevoke) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public ConfigurationResult {
        installed = List.copyOf(installed);
        updated = List.copyOf(updated);
        uninstalled = List.copyOf(uninstalled);
        unknownGroupsToGrant = List.copyOf(unknownGroupsToGrant);
        unknownGroupsToRevoke = List.copyOf(unknownGroupsToRevoke);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(Tenant tenant) {
        return new Builder(tenant);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link ConfigurationResult}. Not safe for use by several threads. */
    public static final class Builder {
        private Tenant tenant;
        private List<String> installed = List.of();
        private List<String> updated = List.of();
        private List<String> uninstalled = List.of();
        private List<String> unknownGroupsToGrant = List.of();
        private List<String> unknownGroupsToRevoke = List.of();

        private Builder(Tenant tenant) {
            this.tenant = tenant;
        }

        private Builder(ConfigurationResult from) {
            tenant = from.tenant;
            installed = from.installed;
            updated = from.updated;
            uninstalled = from.uninstalled;
            unknownGroupsToGrant = from.unknownGroupsToGrant;
            unknownGroupsToRevoke = from.unknownGroupsToRevoke;
        }

        /** Sets {@link ConfigurationResult#tenant}: the tenant after the change. */
        public Builder tenant(Tenant value) {
            tenant = value;
            return this;
        }

        /**
         * Sets {@link ConfigurationResult#installed}: add-ons that were newly installed, including dependencies, in
         * the order of installation. Default: none.
         */
        public Builder installed(List<String> value) {
            installed = value;
            return this;
        }

        /** Sets {@link ConfigurationResult#updated}: add-ons whose version changed. Default: none. */
        public Builder updated(List<String> value) {
            updated = value;
            return this;
        }

        /** Sets {@link ConfigurationResult#uninstalled}: add-ons that were removed. Default: none. */
        public Builder uninstalled(List<String> value) {
            uninstalled = value;
            return this;
        }

        /**
         * Sets {@link ConfigurationResult#unknownGroupsToGrant}: groups that the owner was to join and that do not
         * exist. Default: none.
         */
        public Builder unknownGroupsToGrant(List<String> value) {
            unknownGroupsToGrant = value;
            return this;
        }

        /**
         * Sets {@link ConfigurationResult#unknownGroupsToRevoke}: groups that members were to leave and that do not
         * exist. Default: none.
         */
        public Builder unknownGroupsToRevoke(List<String> value) {
            unknownGroupsToRevoke = value;
            return this;
        }

        /** Creates the record. */
        public ConfigurationResult build() {
            return new ConfigurationResult(
                    tenant, installed, updated, uninstalled, unknownGroupsToGrant, unknownGroupsToRevoke);
        }
    }
}
