// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.Permission;
import dev.allotment.TeamRole;
import dev.allotment.text.Texts;
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
            new Line("permission.view", Permission.VIEW),
            new Line("permission.billing", Permission.VIEW_BILLING),
            new Line("permission.plans", Permission.SWITCH_PLANS),
            new Line("permission.create", Permission.CREATE_TENANTS),
            new Line("permission.change", Permission.CHANGE_TENANTS),
            new Line("permission.enter", Permission.ENTER_TENANTS),
            new Line("permission.backups", Permission.BACK_UP, Permission.RESTORE_BACKUPS, Permission.EXPORT),
            new Line("permission.delete", Permission.DELETE_TENANTS),
            new Line("permission.webhooks", Permission.MANAGE_WEBHOOKS),
            new Line("permission.team", Permission.MANAGE_TEAM),
            new Line("permission.own", Permission.OWN));

    private RoleTable() {}

    static List<TeamView.Row> rows(Texts texts) {
        List<TeamView.Row> rows = new ArrayList<>();
        LINES.forEach(line -> rows.add(new TeamView.Row(
                texts.text(line.what()),
                Arrays.stream(TeamRole.values())
                        .map(role -> role.permissions().containsAll(line.permissions()))
                        .toList())));
        return rows;
    }
}
