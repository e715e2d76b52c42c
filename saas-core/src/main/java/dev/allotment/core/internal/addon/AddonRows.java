// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.AddonStatus;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.hook.Addon;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes what a tenant database records about add-ons. It runs no script, so it works for every kind of
 * database.
 */
public final class AddonRows {
    private AddonRows() {}

    static List<AddonStatus> installed(Transaction tx) {
        return tx.records(RecordTypes.ADDONS).list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)));
    }

    static Optional<AddonStatus> status(Transaction tx, String name) {
        return tx.records(RecordTypes.ADDONS).list(Query.where(Filter.equal(AddonStatus.NAME, name))).stream()
                .findFirst();
    }

    static String xmlId(Addon addon, Addon.GroupDefinition group) {
        return group.name().contains(".") ? group.name() : addon.name() + "." + group.name();
    }

    /** Records every add-on of the registry in the database; forgets those that are gone and not installed. */
    public static void refresh(AddonRegistry registry, Transaction tx) {
        Records<AddonStatus> records = tx.records(RecordTypes.ADDONS);
        for (Addon addon : registry.all()) {
            AddonStatus known = status(tx, addon.name()).orElse(null);
            AddonStatus now = known == null
                    ? new AddonStatus(0, addon.name(), addon.title(), false, null, addon.version())
                    : new AddonStatus(
                            known.id(),
                            addon.name(),
                            addon.title(),
                            known.installed(),
                            known.installedVersion(),
                            addon.version());
            if (known == null) {
                records.insert(now);
            } else if (!known.equals(now)) {
                records.update(now);
            }
        }
        for (AddonStatus known : records.list(Query.where(Filter.equal(AddonStatus.INSTALLED, false)))) {
            if (!registry.knows(known.name())) {
                records.delete(known.id());
            }
        }
    }

    /** Adds a new regular member to the groups for everyone. */
    public static void addToEveryonesGroups(AddonRegistry registry, Transaction tx, MemberId member) {
        for (AddonStatus status : installed(tx)) {
            if (registry.knows(status.name())) {
                Addon addon = registry.get(status.name());
                for (Addon.GroupDefinition group : addon.groups()) {
                    if (group.everyone()) {
                        MemberRows.group(tx, xmlId(addon, group))
                                .ifPresent(each -> MemberRows.add(tx, each.id(), member));
                    }
                }
            }
        }
    }
}
