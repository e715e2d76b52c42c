// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.KnownOperations;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.ReservedName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares one server with the catalog, while nodes work on both.
 *
 * <p>The first pass reads everything, in no order that fits together, and only picks identities that may differ. The
 * second pass reads these again, and counts what differs only if no operation worked on it before or after.
 */
final class ServerCheck {
    private final CoreContext context;
    private final RecordedDatabases recorded;
    private final Server server;
    private final Supplier<Databases> databases;

    ServerCheck(CoreContext context, RecordedDatabases recorded, Server server, Supplier<Databases> databases) {
        this.context = context;
        this.recorded = recorded;
        this.server = server;
        this.databases = databases;
    }

    /**
     * What was found.
     *
     * @param identities everything that the server has
     */
    record Result(Set<UUID> identities, List<Finding> findings) {}

    /** @throws UnreadableServer if the server cannot be read */
    Result run() {
        Map<UUID, List<DatabaseEntry>> there = byIdentity(read(Databases::inventory));
        Set<UUID> suspects = suspects(there);
        suspects.addAll(changedSince(there));
        Set<UUID> identities = new HashSet<>(there.keySet());
        if (suspects.isEmpty()) {
            return new Result(identities, List.of());
        }
        Map<UUID, RecordedDatabase> before = recorded.find(suspects);
        Set<UUID> busy = new HashSet<>(recorded.busy(before.values()));
        Map<UUID, List<DatabaseEntry>> now = byIdentity(read(Databases::inventory));
        Map<UUID, RecordedDatabase> after = recorded.find(suspects);
        busy.addAll(recorded.busy(after.values()));
        Map<String, ReservedName> reserved = reserved(suspects, after, now);
        Set<UUID> changedSince = changedSince(now);
        List<Finding> findings = new ArrayList<>();
        for (UUID uuid : suspects) {
            RecordedDatabase row = after.get(uuid);
            if (!busy.contains(uuid) && (row == null ? !before.containsKey(uuid) : row.equals(before.get(uuid)))) {
                List<DatabaseEntry> entries = now.getOrDefault(uuid, List.of());
                findings.addAll(compare(uuid, row, entries, reserved, changedSince.contains(uuid))
                        .findings());
            }
        }
        findings.sort(Comparator.comparing((Finding each) -> String.valueOf(each.database()))
                .thenComparing(Finding::code));
        return new Result(identities, findings);
    }

    private Set<UUID> suspects(Map<UUID, List<DatabaseEntry>> there) {
        Set<UUID> suspects = new LinkedHashSet<>();
        Set<UUID> unseen = new LinkedHashSet<>(there.keySet());
        recorded.forEachPage(server.id(), page -> {
            for (RecordedDatabase row : page.databases()) {
                unseen.remove(row.uuid());
                DatabaseComparison comparison = new DatabaseComparison(
                        server,
                        row.uuid(),
                        row,
                        there.getOrDefault(row.uuid(), List.of()),
                        page.reserved().get(row.name()),
                        false,
                        name -> false,
                        context.now());
                if (!comparison.findings().isEmpty()) {
                    suspects.add(row.uuid());
                }
            }
        });
        suspects.addAll(unseen);
        return suspects;
    }

    /** The databases that were last changed by operations that the catalog does not know. */
    private Set<UUID> changedSince(Map<UUID, List<DatabaseEntry>> there) {
        Map<UUID, FencingToken> tokens = new HashMap<>();
        there.forEach((uuid, entries) -> entries.forEach(each -> {
            if (each.token() != null) {
                tokens.put(uuid, each.token());
            }
        }));
        Set<UUID> known = context.catalog().transact(tx -> KnownOperations.among(tx, tokens.values()));
        tokens.values().removeIf(each -> known.contains(each.operation()));
        return tokens.keySet();
    }

    private DatabaseComparison compare(
            UUID uuid,
            @Nullable RecordedDatabase row,
            List<DatabaseEntry> there,
            Map<String, ReservedName> reserved,
            boolean changedSince) {
        String name = row == null || row.isTombstone() ? name(there) : row.name();
        return new DatabaseComparison(
                server,
                uuid,
                row,
                there,
                name == null ? null : reserved.get(name),
                changedSince,
                wanted -> read(each -> each.exists(wanted)),
                context.now());
    }

    private Map<String, ReservedName> reserved(
            Set<UUID> suspects, Map<UUID, RecordedDatabase> rows, Map<UUID, List<DatabaseEntry>> there) {
        Set<String> names = new HashSet<>();
        for (UUID uuid : suspects) {
            RecordedDatabase row = rows.get(uuid);
            String name = row == null ? name(there.getOrDefault(uuid, List.of())) : row.name();
            if (name != null) {
                names.add(name);
            }
        }
        return context.catalog().transact(tx -> RecordedDatabases.reserved(tx, names));
    }

    private <T> T read(Function<Databases, T> reading) {
        try {
            return reading.apply(databases.get());
        } catch (SaasException e) {
            throw new UnreadableServer(e);
        }
    }

    private static @Nullable String name(List<DatabaseEntry> entries) {
        return entries.isEmpty() ? null : entries.get(0).name();
    }

    private static Map<UUID, List<DatabaseEntry>> byIdentity(List<DatabaseEntry> inventory) {
        Map<UUID, List<DatabaseEntry>> entries = new HashMap<>();
        inventory.forEach(each ->
                entries.computeIfAbsent(each.uuid(), uuid -> new ArrayList<>()).add(each));
        return entries;
    }
}
