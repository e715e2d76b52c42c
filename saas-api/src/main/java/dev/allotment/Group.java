// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * A group of access rights inside a tenant database. Immutable.
 *
 * @param id the number of the group in its database
 * @param xmlId {@code add-on.name}, unique in its database, such as {@code base.group_system}
 * @param name for display
 * @param addon the technical name of the add-on that brought it
 */
public record Group(GroupId id, String xmlId, String name, String addon) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Group, GroupId> ID = RecordField.of("id");

    /** The field {@code xmlId}, for filters and sort keys. */
    public static final RecordField<Group, String> XML_ID = RecordField.of("xmlId");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Group, String> NAME = RecordField.of("name");

    /** The field {@code addon}, for filters and sort keys. */
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
