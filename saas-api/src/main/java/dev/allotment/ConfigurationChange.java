// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to configure a tenant: {@code ConfigurationChange.builder().install("shop").maxUsers(10).build()}.
 *
 * <p>Each part may be empty. The parts are applied in the order of the components, all of them or none. Immutable.
 *
 * @param refreshAddons whether the tenant's list of known add-ons is refreshed first
 * @param updateAddons technical names of installed add-ons to update to their latest version
 * @param installAddons technical names of add-ons to install, with what they need; installed ones stay unchanged
 * @param uninstallAddons technical names of add-ons to remove; refused while another installed add-on needs one of them
 * @param fixes names of fixes that the embedder registered
 * @param grantOwner XML ids of groups that the owner joins
 * @param revoke XML ids of groups that every member but the administrator leaves
 * @param parameters parameters to set, in this order
 * @param modelsWithoutQuota models whose record quota is removed
 * @param recordQuotas record quotas to set; each model has at most one, so the last one counts
 */
public record ConfigurationChange(
        boolean refreshAddons,
        List<String> updateAddons,
        List<String> installAddons,
        List<String> uninstallAddons,
        List<String> fixes,
        List<String> grantOwner,
        List<String> revoke,
        List<Setting> parameters,
        List<String> modelsWithoutQuota,
        List<RecordQuota> recordQuotas) {

    /**
     * A parameter to set.
     *
     * @param key such as {@code shop.currency}
     * @param value the new value
     * @param hidden whether members cannot see the parameter
     */
    public record Setting(String key, String value, boolean hidden) {}

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public ConfigurationChange {
        updateAddons = List.copyOf(updateAddons);
        installAddons = List.copyOf(installAddons);
        uninstallAddons = List.copyOf(uninstallAddons);
        fixes = List.copyOf(fixes);
        grantOwner = List.copyOf(grantOwner);
        revoke = List.copyOf(revoke);
        parameters = List.copyOf(parameters);
        modelsWithoutQuota = List.copyOf(modelsWithoutQuota);
        recordQuotas = List.copyOf(recordQuotas);
    }

    /** Starts a builder of a change. Without further calls, the change does nothing. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Collects the parts of a {@link ConfigurationChange}. Default of every part: nothing. Calling a method again
     * adds to what was given before. Not safe for use by several threads.
     */
    public static final class Builder {
        private static final DateTimeFormatter INSTANT =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

        private boolean refreshAddons;
        private final List<String> update = new ArrayList<>();
        private final List<String> install = new ArrayList<>();
        private final List<String> uninstall = new ArrayList<>();
        private final List<String> fixes = new ArrayList<>();
        private final List<String> grantOwner = new ArrayList<>();
        private final List<String> revoke = new ArrayList<>();
        private final List<Setting> parameters = new ArrayList<>();
        private final List<String> modelsWithoutQuota = new ArrayList<>();
        private final List<RecordQuota> recordQuotas = new ArrayList<>();

        private Builder() {}

        /** Refreshes the tenant's list of known add-ons first. */
        public Builder refreshAddons() {
            refreshAddons = true;
            return this;
        }

        /** Updates installed add-ons to their latest version. */
        public Builder update(String... addons) {
            update.addAll(List.of(addons));
            return this;
        }

        /** Installs add-ons and what they need. */
        public Builder install(String... addons) {
            install.addAll(List.of(addons));
            return this;
        }

        /** Removes add-ons and their data. */
        public Builder uninstall(String... addons) {
            uninstall.addAll(List.of(addons));
            return this;
        }

        /** Runs fixes that the embedder registered under these names. */
        public Builder fix(String... names) {
            fixes.addAll(List.of(names));
            return this;
        }

        /** Makes the owner join groups, by XML id such as {@code base.group_system}. */
        public Builder grantOwner(String... xmlIds) {
            grantOwner.addAll(List.of(xmlIds));
            return this;
        }

        /** Makes every member but the administrator leave groups, by XML id. */
        public Builder revoke(String... xmlIds) {
            revoke.addAll(List.of(xmlIds));
            return this;
        }

        /** Sets the maximum number of regular users; 0: no limit. */
        public Builder maxUsers(int users) {
            return hiddenParameter(Parameter.MAX_USERS, Integer.toString(users));
        }

        /** Sets the maximum size of database and files, in megabytes; 0: no limit. */
        public Builder storageLimitMb(int megabytes) {
            return hiddenParameter(Parameter.STORAGE_LIMIT_MB, Integer.toString(megabytes));
        }

        /**
         * Sets when the tenant expires.
         *
         * @param instant fractions of a second are ignored; null: never
         */
        public Builder expiresAt(@Nullable Instant instant) {
            return hiddenParameter(Parameter.EXPIRATION, instant == null ? "" : INSTANT.format(instant));
        }

        /** Suspends the tenant, or resumes it. */
        public Builder suspended(boolean suspended) {
            return hiddenParameter(Parameter.SUSPENDED, suspended ? "1" : "0");
        }

        /** Makes the tenant a trial, or not. */
        public Builder trial(boolean trial) {
            return hiddenParameter(Parameter.TRIAL, trial ? "True" : "False");
        }

        /** Sets a parameter that members can see; the constants of {@link Parameter} name those with a meaning. */
        public Builder parameter(String key, String value) {
            parameters.add(new Setting(key, value, false));
            return this;
        }

        /** Sets a parameter that members cannot see. */
        public Builder hiddenParameter(String key, String value) {
            parameters.add(new Setting(key, value, true));
            return this;
        }

        /** Limits the number of records of a model. The tenant database itself enforces the quota. */
        public Builder recordQuota(String model, int maxRecords) {
            recordQuotas.add(new RecordQuota(0, model, "[]", maxRecords));
            return this;
        }

        /**
         * Limits the number of those records of a model that a condition selects.
         *
         * @param domain the condition in Odoo's domain language, such as {@code [('state', '=', 'draft')]}
         */
        public Builder recordQuota(String model, int maxRecords, String domain) {
            recordQuotas.add(new RecordQuota(0, model, domain, maxRecords));
            return this;
        }

        /** Removes the record quotas of these models. */
        public Builder removeRecordQuotas(String... models) {
            modelsWithoutQuota.addAll(List.of(models));
            return this;
        }

        /** Creates the command. */
        public ConfigurationChange build() {
            return new ConfigurationChange(
                    refreshAddons,
                    update,
                    install,
                    uninstall,
                    fixes,
                    grantOwner,
                    revoke,
                    parameters,
                    modelsWithoutQuota,
                    recordQuotas);
        }
    }
}
