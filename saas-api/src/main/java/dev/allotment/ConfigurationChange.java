// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.ArrayList;
import java.util.List;

/**
 * One configuration of a client database: what {@code do_upgrade_database} takes. Each part may be empty; the parts are
 * applied in the order in which they stand here, all or none.
 *
 * @param updateAddonsList whether the list of known add-ons is read again
 * @param updateAddons technical names of installed add-ons to bring to their latest version
 * @param installAddons what they need is installed too; those installed already stay
 * @param uninstallAddons refused while another installed add-on needs one of them
 * @param fixes names of fixes that the host registered
 * @param grantOwner groups, by XML id, that the owner gets
 * @param revoke groups, by XML id, that everyone but the administrator loses
 * @param parameters replaced where they exist
 * @param modelsWithoutQuota whose records are not limited any more
 * @param limits of which each model has one: the last replaces those before it
 */
public record ConfigurationChange(
        boolean updateAddonsList,
        List<String> updateAddons,
        List<String> installAddons,
        List<String> uninstallAddons,
        List<String> fixes,
        List<String> grantOwner,
        List<String> revoke,
        List<Setting> parameters,
        List<String> modelsWithoutQuota,
        List<RecordQuota> limits) {

    /**
     * A parameter to set.
     *
     * @param hidden whether the users of the database do not get to see it
     */
    public record Setting(String key, String value, boolean hidden) {}

    public ConfigurationChange {
        updateAddons = List.copyOf(updateAddons);
        installAddons = List.copyOf(installAddons);
        uninstallAddons = List.copyOf(uninstallAddons);
        fixes = List.copyOf(fixes);
        grantOwner = List.copyOf(grantOwner);
        revoke = List.copyOf(revoke);
        parameters = List.copyOf(parameters);
        modelsWithoutQuota = List.copyOf(modelsWithoutQuota);
        limits = List.copyOf(limits);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts; not safe for use by several threads. */
    public static final class Builder {
        private boolean updateAddonsList;
        private final List<String> update = new ArrayList<>();
        private final List<String> install = new ArrayList<>();
        private final List<String> uninstall = new ArrayList<>();
        private final List<String> fixes = new ArrayList<>();
        private final List<String> grantOwner = new ArrayList<>();
        private final List<String> revoke = new ArrayList<>();
        private final List<Setting> parameters = new ArrayList<>();
        private final List<String> modelsWithoutQuota = new ArrayList<>();
        private final List<RecordQuota> limits = new ArrayList<>();

        private Builder() {}

        public Builder updateAddonsList() {
            updateAddonsList = true;
            return this;
        }

        public Builder update(String... addons) {
            update.addAll(List.of(addons));
            return this;
        }

        public Builder install(String... addons) {
            install.addAll(List.of(addons));
            return this;
        }

        public Builder uninstall(String... addons) {
            uninstall.addAll(List.of(addons));
            return this;
        }

        public Builder fix(String... names) {
            fixes.addAll(List.of(names));
            return this;
        }

        public Builder grantOwner(String... xmlIds) {
            grantOwner.addAll(List.of(xmlIds));
            return this;
        }

        public Builder revoke(String... xmlIds) {
            revoke.addAll(List.of(xmlIds));
            return this;
        }

        /** Sets a parameter that the users of the database may see. */
        public Builder param(String key, String value) {
            parameters.add(new Setting(key, value, false));
            return this;
        }

        /** Sets a parameter that the users of the database do not get to see. */
        public Builder hiddenParam(String key, String value) {
            parameters.add(new Setting(key, value, true));
            return this;
        }

        public Builder recordQuota(String model, int maxRecords) {
            limits.add(new RecordQuota(0, model, "[]", maxRecords));
            return this;
        }

        public Builder recordQuota(String model, int maxRecords, String domain) {
            limits.add(new RecordQuota(0, model, domain, maxRecords));
            return this;
        }

        public Builder removeRecordQuotas(String... models) {
            modelsWithoutQuota.addAll(List.of(models));
            return this;
        }

        public ConfigurationChange build() {
            return new ConfigurationChange(
                    updateAddonsList,
                    update,
                    install,
                    uninstall,
                    fixes,
                    grantOwner,
                    revoke,
                    parameters,
                    modelsWithoutQuota,
                    limits);
        }
    }
}
