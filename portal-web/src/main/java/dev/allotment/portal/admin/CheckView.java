// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page that compares the catalog with the database servers.
 *
 * @param summary how many differences there are, and what was checked
 * @param checked when
 * @param kinds the kinds of findings
 * @param findings the first of them
 * @param more how many findings are not shown; empty: none
 * @param repairable how many findings a repair would repair
 * @param repairs the latest repairs
 * @param running whether a repair has not finished yet
 */
public record CheckView(
        String summary,
        Moment checked,
        List<Kind> kinds,
        List<Row> findings,
        String more,
        long repairable,
        List<Repair> repairs,
        boolean running) {
    public CheckView {
        kinds = List.copyOf(kinds);
        findings = List.copyOf(findings);
        repairs = List.copyOf(repairs);
    }

    /**
     * A kind of findings.
     *
     * @param code its name in addresses
     * @param repairable how many of them a repair would repair
     * @param consequence what that would do
     * @param shown whether the list is limited to this kind
     */
    public record Kind(String code, String name, String count, long repairable, String consequence, boolean shown) {}

    /**
     * A finding.
     *
     * @param kind its code
     * @param place the database and its server
     * @param tenant 0 if there is none
     * @param automatic whether a repair repairs it
     * @param drop the address of the page that drops the database; empty if it cannot be dropped
     * @param adopt the address of the page that makes the database a tenant; empty if it cannot be adopted
     */
    public record Row(
            String kind,
            String place,
            long tenant,
            String message,
            boolean automatic,
            String remedy,
            String drop,
            String adopt) {}

    /**
     * A repair.
     *
     * @param lines its numbers, or its error, and what it could not repair
     */
    public record Repair(long id, Badge state, List<String> lines, String startedBy, Moment startedAt) {
        public Repair {
            lines = List.copyOf(lines);
        }
    }
}
