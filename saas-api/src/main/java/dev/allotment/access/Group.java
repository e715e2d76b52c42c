// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.RecordField;

/**
 * A group of access rights inside a tenant database. Immutable. The {@link RecordField} constants name the fields for
 * filters and sort keys.
 *
 * @param id the number of the group in its database
 * @param xmlId {@code add-on.name}, unique in its database, such as {@code base.group_system}
 * @param name for display
 * @param addon the technical name of the add-on that brought it
 */
public record Group(GroupId id, String xmlId, String name, String addon) {
    public static final RecordField<Group, GroupId> ID = RecordField.of("id");
    public static final RecordField<Group, String> XML_ID = RecordField.of("xmlId");
    public static final RecordField<Group, String> NAME = RecordField.of("name");
    public static final RecordField<Group, String> ADDON = RecordField.of("addon");

    /** Every regular member is in this group. */
    public static final String USER = "base.group_user";

    /** Every outsider is in this group. */
    public static final String PORTAL = "base.group_portal";

    /** May manage members and their groups. */
    public static final String ACCESS_RIGHTS = "base.group_erp_manager";

    /** May do everything in its tenant database. */
    public static final String SYSTEM = "base.group_system";
}
