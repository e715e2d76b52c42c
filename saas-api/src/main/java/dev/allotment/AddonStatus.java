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

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public AddonStatus {}
}
