// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.TenantState;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.ReservedName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a server and the catalog have for one identity.
 *
 * @param recorded null: nothing
 * @param there what the server has
 * @param reserved the reservation of the recorded name, or of an orphan's name; null: none
 * @param changedSince whether an operation changed it that the catalog does not know
 * @param taken whether a database of a name exists on the server, no matter whose; may do I/O
 */
record DatabaseComparison(
        Server server,
        UUID uuid,
        @Nullable RecordedDatabase recorded,
        List<DatabaseEntry> there,
        @Nullable ReservedName reserved,
        boolean changedSince,
        Predicate<String> taken,
        Instant now) {
    private static final String SEPARATELY = "It remains unchanged. If a customer needs it, adopt it as a tenant. To"
            + " remove it with its data, name it as a database to drop.";

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        if (recorded == null || recorded.isTombstone()) {
            unknown(findings);
        } else if (!recorded.serverId().equals(server.id())) {
            there.forEach(each -> findings.add(misplaced(each)));
        } else {
            known(recorded, findings);
        }
        return findings;
    }

    private void unknown(List<Finding> findings) {
        for (DatabaseEntry entry : there) {
            String name = entry.name();
            if (name == null) {
                findings.add(finding(
                        FindingCode.ORPHAN_LOGIN,
                        null,
                        "There is a login for identity " + uuid + " without a database, and no record knows it.",
                        false,
                        "Name the identity as one to drop."));
            } else if (recorded != null) {
                findings.add(finding(
                        FindingCode.RETURNED,
                        name,
                        "Tenant " + recorded.id() + " was deleted for good, but its database " + name
                                + " exists: the server was restored, or the deletion has lost its proof.",
                        false,
                        "Name the database as one to drop."));
            } else {
                orphan(findings, entry, name);
            }
        }
    }

    private void orphan(List<Finding> findings, DatabaseEntry entry, String name) {
        boolean kept = reserved != null && reserved.holder().equals(uuid) && reserved.until() == null;
        boolean free = reserved == null || (!reserved.holder().equals(uuid) && isOver(reserved));
        findings.add(finding(
                FindingCode.ORPHAN,
                name,
                "No record knows database " + name + " (" + state(entry) + ").",
                !kept && free,
                (kept ? "Its name is reserved for it. " : free ? "Its name will be reserved for it. " : "")
                        + SEPARATELY));
    }

    private boolean isOver(ReservedName name) {
        Instant until = name.until();
        return until != null && !until.isAfter(now);
    }

    private static String state(DatabaseEntry entry) {
        if (!entry.finished()) {
            return "unfinished";
        }
        Boolean open = entry.open();
        return open == null ? "complete" : open ? "complete, open" : "complete, closed";
    }

    private Finding misplaced(DatabaseEntry entry) {
        RecordedDatabase row = Objects.requireNonNull(recorded);
        return finding(
                FindingCode.MISPLACED,
                entry.name() == null ? row.name() : entry.name(),
                "The database of " + subject(row) + " is here, but it is recorded on database server " + row.serverId()
                        + ".",
                false,
                "Find out which of the two is right. Only a database that no record of this server knows can be"
                        + " dropped by hand.");
    }

    private void known(RecordedDatabase row, List<Finding> findings) {
        List<DatabaseEntry> databases =
                there.stream().filter(each -> each.name() != null).toList();
        if (!row.ready()) {
            if (row.kind() != RecordedDatabase.Kind.TEMPLATE) {
                findings.add(finding(
                        FindingCode.STALE_DRAFT,
                        row.name(),
                        subject(row) + " is recorded as being created, but no operation is working on it.",
                        databases.isEmpty(),
                        databases.isEmpty()
                                ? "The record will be removed: there is no database."
                                : "There is a database for it. Look at it, and drop it by hand."));
            }
            return;
        }
        if (databases.isEmpty()) {
            findings.add(missing(row));
        } else if (databases.size() > 1) {
            findings.add(finding(
                    FindingCode.DUPLICATE,
                    row.name(),
                    "There are " + databases.size() + " databases for " + subject(row) + ": "
                            + String.join(
                                    ", ",
                                    databases.stream()
                                            .map(each -> String.valueOf(each.name()))
                                            .toList())
                            + ".",
                    false,
                    "Find out which one is right, and give the others another owner by hand."));
        } else {
            compare(row, databases.get(0), findings);
        }
        boolean fits = reserved != null && reserved.holder().equals(uuid) && reserved.until() == null;
        if (!fits) {
            boolean safe = reserved == null || reserved.holder().equals(uuid) || isOver(reserved);
            findings.add(finding(
                    FindingCode.NAME_NOT_RESERVED,
                    row.name(),
                    "The name " + row.name() + " of " + subject(row) + " is not reserved for it"
                            + (safe ? "." : ", but for another database."),
                    safe,
                    safe ? "The name will be reserved." : "Rename one of the two."));
        }
    }

    private Finding missing(RecordedDatabase row) {
        boolean foreign = taken.test(row.name());
        String what = foreign
                ? "The database of " + subject(row) + " does not exist, and database " + row.name()
                        + " belongs to something else."
                : "Database " + row.name() + " of " + subject(row) + " does not exist.";
        return switch (row.kind()) {
            case SPARE ->
                finding(FindingCode.MISSING_SPARE, row.name(), what, true, "The record of the spare will be removed.");
            case TEMPLATE ->
                finding(
                        FindingCode.MISSING_TEMPLATE,
                        row.name(),
                        what,
                        true,
                        "The template will be built again; one that was adopted, or is not used, is removed from the"
                                + " catalog.");
            case TENANT -> {
                boolean marked = row.causes().contains(SuspensionSchedule.MISSING);
                boolean retained = row.state() == TenantState.RETAINED;
                yield finding(
                        foreign ? FindingCode.FOREIGN : FindingCode.MISSING,
                        row.name(),
                        what,
                        !marked && !retained,
                        (marked || retained ? "" : "The tenant will be suspended. ")
                                + "Restore the database from a backup, or purge the tenant.");
            }
        };
    }

    private void compare(RecordedDatabase row, DatabaseEntry entry, List<Finding> findings) {
        String name = Objects.requireNonNull(entry.name());
        boolean open = Boolean.TRUE.equals(entry.open());
        boolean closed = Boolean.FALSE.equals(entry.open());
        if (row.kind() == RecordedDatabase.Kind.SPARE && (open || !name.equals(row.name()))) {
            findings.add(finding(
                    FindingCode.CLAIMED_SPARE,
                    name,
                    "Spare " + row.name() + " is in use as database " + name
                            + ": a tenant claimed it, and this catalog does not know the tenant.",
                    true,
                    "The record of the spare will be removed, so that no other tenant gets the database. It will be an"
                            + " orphan."));
            return;
        }
        if (!entry.finished()) {
            findings.add(finding(
                    FindingCode.UNFINISHED,
                    name,
                    "The database of " + subject(row) + " is incomplete: its creation or its removal was interrupted.",
                    false,
                    "Restore the database from a backup, or purge the tenant."));
            return;
        }
        if (!name.equals(row.name())) {
            findings.add(finding(
                    FindingCode.WRONG_NAME,
                    name,
                    "The database of " + subject(row) + " is named " + name + ", and should be named " + row.name()
                            + ".",
                    true,
                    "It will be renamed to " + row.name() + "."));
        }
        if (!entry.flaws().isEmpty()) {
            findings.add(finding(
                    FindingCode.WRONG_RIGHTS,
                    name,
                    "The rights on the database of " + subject(row) + " are not as they should be: "
                            + String.join("; ", entry.flaws()) + ".",
                    true,
                    "The rights will be restored."));
        }
        if (changedSince && row.kind() == RecordedDatabase.Kind.TENANT) {
            findings.add(finding(
                    FindingCode.CHANGED_SINCE_BACKUP,
                    name,
                    "An operation that the catalog does not know has changed the database of " + subject(row)
                            + ". The plan, expiry, suspension and owner of the tenant may be those of an older backup.",
                    true,
                    "Compare them with your records first. The name, rights and state of the database will be as the"
                            + " catalog says. Its content, members and passwords stay."));
        }
        if (row.causes().contains(SuspensionSchedule.MISSING)) {
            findings.add(finding(
                    FindingCode.FOUND_AGAIN,
                    name,
                    "The database of " + subject(row) + " exists again.",
                    true,
                    "The tenant will be resumed, unless it is suspended for another reason."));
        } else if (row.isOpen() && closed) {
            findings.add(finding(
                    FindingCode.NOT_OPEN,
                    name,
                    "The database of " + subject(row) + " is closed, and should be open.",
                    true,
                    "It will be opened."));
        }
        if (!row.isOpen() && open) {
            findings.add(finding(
                    FindingCode.NOT_CLOSED,
                    name,
                    "The database of " + subject(row) + " is open, and should be closed.",
                    true,
                    "It will be closed."));
        }
    }

    private static String subject(RecordedDatabase row) {
        return switch (row.kind()) {
            case TENANT -> "tenant " + row.id() + " (" + row.name() + ")";
            case TEMPLATE -> "template " + row.name();
            case SPARE -> "spare " + row.name();
        };
    }

    private Finding finding(
            FindingCode code, @Nullable String database, String message, boolean automatic, String remedy) {
        return new Finding(
                code,
                server.id(),
                server.name(),
                database,
                uuid,
                recorded == null ? null : recorded.tenantId(),
                message.substring(0, 1).toUpperCase(Locale.ROOT) + message.substring(1),
                automatic,
                remedy);
    }
}
