// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.Trend;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page of a tenant.
 *
 * @param trends of users and storage
 * @param consequence what deleting the tenant means, for the page
 * @param live whether the tenant has a database, or is getting one
 * @param suspendable whether the tenant is open
 * @param resumable whether an administrator suspended the tenant
 * @param restorable whether the tenant is deleted, but its database still exists
 * @param backups whether there can be backups, and the tenant was not deleted for good
 * @param inside the content of the database; empty if the database cannot be read
 * @param failure why the database cannot be read; empty if it can
 * @param attributes by key, in the order of the keys
 * @param running the operations on the tenant that have not finished, with their progress
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
        boolean backups,
        Inside inside,
        String failure,
        List<Fact> running,
        Form configure,
        Form extend,
        Form tags,
        List<Fact> attributes,
        Form attribute,
        Form window,
        Form rename,
        Form delete) {
    public TenantView {
        trends = List.copyOf(trends);
        facts = List.copyOf(facts);
        running = List.copyOf(running);
        attributes = List.copyOf(attributes);
    }

    /**
     * A fact about the tenant.
     *
     * @param link the target of a link, a path of this site or an absolute address; empty for none
     * @param time what the value is, if it is a time
     */
    public record Fact(
            String name,
            String value,
            String link,
            @Nullable Moment time) {
        Fact(String name, String value) {
            this(name, value, "");
        }

        Fact(String name, String value, String link) {
            this(name, value, link, null);
        }

        Fact(String name, Moment time) {
            this(name, time, "");
        }

        Fact(String name, Moment time, String link) {
            this(name, time.toString(), link, time);
        }
    }

    /** The content of the database. */
    public record Inside(
            List<AddonRow> addons, List<GroupRow> groups, List<ParameterRow> parameters, List<QuotaRow> quotas) {
        public Inside {
            addons = List.copyOf(addons);
            groups = List.copyOf(groups);
            parameters = List.copyOf(parameters);
            quotas = List.copyOf(quotas);
        }

        static Inside none() {
            return new Inside(List.of(), List.of(), List.of(), List.of());
        }
    }

    /**
     * An add-on.
     *
     * @param version the installed version; empty if the add-on is not installed
     * @param newer the version that an update would install; empty for none
     */
    public record AddonRow(String name, String title, boolean installed, String version, String newer) {}

    /**
     * A group.
     *
     * @param owner whether the owner is a member
     */
    public record GroupRow(String xmlId, String name, boolean owner) {}

    /** A parameter of the database. */
    public record ParameterRow(String key, String value, boolean hidden) {}

    /** A record quota. */
    public record QuotaRow(String model, String domain, int maxRecords) {}
}
