// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.Permission;
import dev.allotment.TeamRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What each role may do, for people. The table is made from the permissions, so it says what the core does. */
final class RoleTable {
    private record Line(String what, Set<Permission> permissions) {
        Line(String what, Permission first, Permission... more) {
            this(what, EnumSet.of(first, more));
        }
    }

    private static final List<Line> LINES = List.of(
            new Line("See databases and the team", Permission.VIEW),
            new Line("See usage and payments", Permission.VIEW_BILLING),
            new Line("Change plans", Permission.SWITCH_PLANS),
            new Line("Create databases", Permission.CREATE_TENANTS),
            new Line("Rename and swap databases, change domains", Permission.CHANGE_TENANTS),
            new Line("Open the application of databases that they own", Permission.ENTER_TENANTS),
            new Line(
                    "Back up, restore and download databases",
                    Permission.BACK_UP,
                    Permission.RESTORE_BACKUPS,
                    Permission.EXPORT),
            new Line("Delete databases", Permission.DELETE_TENANTS),
            new Line("Manage webhooks", Permission.MANAGE_WEBHOOKS),
            new Line("Manage the team, answer support", Permission.MANAGE_TEAM),
            new Line("Appoint owners, download and erase everything", Permission.OWN));

    private RoleTable() {}

    static List<TeamView.Row> rows() {
        List<TeamView.Row> rows = new ArrayList<>();
        LINES.forEach(line -> rows.add(new TeamView.Row(
                line.what(),
                Arrays.stream(TeamRole.values())
                        .map(role -> role.permissions().containsAll(line.permissions()))
                        .toList())));
        return rows;
    }
}
