// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * An add-on as one tenant database knows it.
 *
 * <p>Immutable.
 *
 * @param id 0 before it is stored
 * @param name the technical name, unique in the database
 * @param title for display
 * @param installed whether it is installed
 * @param installedVersion null unless it is installed
 * @param latestVersion the version that the control plane had when the list was last refreshed
 */
public record AddonStatus(
        long id,
        String name,
        String title,
        boolean installed,
        @Nullable String installedVersion,
        String latestVersion) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<AddonStatus, Long> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<AddonStatus, String> NAME = RecordField.of("name");

    /** The field {@code title}, for filters and sort keys. */
    public static final RecordField<AddonStatus, String> TITLE = RecordField.of("title");

    /** The field {@code installed}, for filters and sort keys. */
    public static final RecordField<AddonStatus, Boolean> INSTALLED = RecordField.of("installed");

    /** The field {@code installedVersion}, for filters and sort keys. */
    public static final RecordField<AddonStatus, String> INSTALLED_VERSION = RecordField.of("installedVersion");

    /** The field {@code latestVersion}, for filters and sort keys. */
    public static final RecordField<AddonStatus, String> LATEST_VERSION = RecordField.of("latestVersion");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public AddonStatus {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(String name, String title, String latestVersion) {
        return new Builder(name, title, latestVersion);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link AddonStatus}. Not safe for use by several threads. */
    public static final class Builder {
        private long id;
        private String name;
        private String title;
        private boolean installed;
        private @Nullable String installedVersion;
        private String latestVersion;

        private Builder(String name, String title, String latestVersion) {
            this.name = name;
            this.title = title;
            this.latestVersion = latestVersion;
        }

        private Builder(AddonStatus from) {
            id = from.id;
            name = from.name;
            title = from.title;
            installed = from.installed;
            installedVersion = from.installedVersion;
            latestVersion = from.latestVersion;
        }

        /** Sets {@link AddonStatus#id}: 0 before it is stored. Default: 0. */
        public Builder id(long value) {
            id = value;
            return this;
        }

        /** Sets {@link AddonStatus#name}: the technical name, unique in the database. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link AddonStatus#title}: for display. */
        public Builder title(String value) {
            title = value;
            return this;
        }

        /** Sets {@link AddonStatus#installed}: whether it is installed. Default: false. */
        public Builder installed(boolean value) {
            installed = value;
            return this;
        }

        /** Sets {@link AddonStatus#installedVersion}: null unless it is installed. Default: null. */
        public Builder installedVersion(@Nullable String value) {
            installedVersion = value;
            return this;
        }

        /**
         * Sets {@link AddonStatus#latestVersion}: the version that the control plane had when the list was last
         * refreshed.
         */
        public Builder latestVersion(String value) {
            latestVersion = value;
            return this;
        }

        /** Creates the record. */
        public AddonStatus build() {
            return new AddonStatus(id, name, title, installed, installedVersion, latestVersion);
        }
    }
}
