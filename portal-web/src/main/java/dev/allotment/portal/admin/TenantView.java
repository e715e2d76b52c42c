// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.Trend;
import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * One client database.
 *
 * @param trends how users and storage went
 * @param consequence of deleting it, in words
 * @param live whether it has a database, or gets one
 * @param suspendable whether it is open
 * @param resumable whether an administrator suspended it
 * @param restorable whether it is deleted, and its database still there
 * @param inside what is in the database; empty where it cannot be looked at
 * @param failure why it cannot be looked at; empty where it can
 */
public record TenantView(
        DatabaseRow row,
        List<Trend> trends,
        List<Fact> facts,
        String consequence,
        boolean live,
        boolean suspendable,
        boolean resumable,
        boolean restorable,
        Inside inside,
        String failure,
        Form configure,
        Form extend,
        Form rename,
        Form delete) {
    public TenantView {
        trends = List.copyOf(trends);
        facts = List.copyOf(facts);
    }

    /**
     * Something to know.
     *
     * @param link where it leads; empty: nowhere
     */
    public record Fact(String name, String value, String link) {
        Fact(String name, String value) {
            this(name, value, "");
        }
    }

    /** What is in the database. */
    public record Inside(
            List<AddonRow> addons, List<GroupRow> groups, List<ParameterRow> parameters, List<LimitRow> limits) {
        public Inside {
            addons = List.copyOf(addons);
            groups = List.copyOf(groups);
            parameters = List.copyOf(parameters);
            limits = List.copyOf(limits);
        }

        static Inside none() {
            return new Inside(List.of(), List.of(), List.of(), List.of());
        }
    }

    /**
     * An add-on.
     *
     * @param version that is installed; empty: none is
     * @param newer a version that it could be brought to; empty: none
     */
    public record AddonRow(String name, String title, boolean installed, String version, String newer) {}

    /**
     * A group.
     *
     * @param owner whether the owner is in it
     */
    public record GroupRow(String xmlId, String name, boolean owner) {}

    /** A parameter. */
    public record ParameterRow(String key, String value, boolean hidden) {}

    /** A limit on numbers of records. */
    public record LimitRow(String model, String domain, int most) {}
}
