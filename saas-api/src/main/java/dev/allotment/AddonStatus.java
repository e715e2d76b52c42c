// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * An add-on as one tenant database knows it.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
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
    public static final RecordField<AddonStatus, Long> ID = RecordField.of("id");
    public static final RecordField<AddonStatus, String> NAME = RecordField.of("name");
    public static final RecordField<AddonStatus, String> TITLE = RecordField.of("title");
    public static final RecordField<AddonStatus, Boolean> INSTALLED = RecordField.of("installed");
    public static final RecordField<AddonStatus, String> INSTALLED_VERSION = RecordField.of("installedVersion");
    public static final RecordField<AddonStatus, String> LATEST_VERSION = RecordField.of("latestVersion");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public AddonStatus {}
}
