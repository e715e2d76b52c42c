// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.fleet.Node;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reports that this node is alive and what it can read, and forgets nodes that are not. A migration that older nodes
 * could not read waits until none of them is listed. Thread-safe.
 */
public final class NodeReports {
    /** How often a node reports. */
    static final Duration EVERY = Duration.ofSeconds(10);

    /** How long after its last report a node is forgotten. A node that stalls for longer checks the schema again. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private static final Logger LOG = System.getLogger("dev.allotment.maintenance");

    private final CoreContext context;
    private final Catalog catalog;
    private final String version;
    private final AtomicLong reportedAt = new AtomicLong();
    private final AtomicLong checkedAt = new AtomicLong();
    private volatile @Nullable Instant lastSeenAt;
    private volatile boolean warned;

    /**
     * Reports of this node.
     *
     * @param version the version of the library
     */
    public NodeReports(CoreContext context, Catalog catalog, String version) {
        this.context = context;
        this.catalog = catalog;
        this.version = version;
    }

    /**
     * Adds this node to the list, and makes sure that it can still read the catalog: from now on, migrations consider
     * it.
     */
    public void start() {
        report();
        boolean unused = catalog.isMigrated();
        checkedAt.set(context.tick());
    }

    /** Removes this node from the list, so that no migration waits for it. If that fails, it is forgotten later. */
    public void stop() {
        try {
            context.catalog().transact(tx -> {
                Records<Node> nodes = tx.records(RecordTypes.NODES);
                own(nodes).ifPresent(each -> nodes.delete(each.id()));
                return null;
            });
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "A node that stops could not be removed from the list of nodes", e);
        }
    }

    /** Reports, if that is due. */
    void reportIfDue() {
        if (isDue(reportedAt)) {
            report();
        }
    }

    /** Forgets dead nodes, and runs migrations that waited for them. Returns how many nodes it has forgotten. */
    int tidy() {
        reportIfDue();
        if (!isDue(checkedAt)) {
            return 0;
        }
        Instant forgotten = context.now().minus(FORGOTTEN_AFTER);
        int gone = context.catalog().transact(tx -> {
            Records<Node> nodes = tx.records(RecordTypes.NODES);
            List<Node> dead =
                    nodes.list(Query.where(Filter.compare(Node.LAST_SEEN_AT, Filter.Operator.LESS, forgotten)));
            dead.forEach(each -> nodes.delete(each.id()));
            return dead.size();
        });
        if (!catalog.isMigrated()) {
            catalog.migrate();
        }
        return gone;
    }

    List<Node> nodes() {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.NODES)
                        .list(Query.where(Filter.<Node>all()).orderBy(Node.NAME)));
    }

    /** Whether ten seconds have passed. Only one thread gets this answer. */
    private boolean isDue(AtomicLong last) {
        long now = context.tick();
        long before = last.get();
        return now - before >= EVERY.toNanos() && last.compareAndSet(before, now);
    }

    private void report() {
        reportedAt.set(context.tick());
        Instant now = context.now();
        Optional<Node> before = context.catalog().transact(tx -> {
            Records<Node> nodes = tx.records(RecordTypes.NODES);
            Optional<Node> known = own(nodes);
            Node node = new Node(known.map(Node::id).orElse(0L), context.node(), version, catalog.schemaVersion(), now);
            if (known.isPresent()) {
                nodes.update(node);
            } else {
                nodes.insert(node);
            }
            return known;
        });
        before.ifPresent(this::warnAboutTwin);
        lastSeenAt = now;
    }

    /** A process of the same name takes over the operations of this one when it starts. Nothing happens twice. */
    private void warnAboutTwin(Node before) {
        Instant mine = lastSeenAt;
        boolean twin = mine != null && !before.lastSeenAt().truncatedTo(MILLIS).equals(mine.truncatedTo(MILLIS));
        if (twin && !warned) {
            LOG.log(
                    Level.WARNING,
                    "Another process works on this catalog as node " + context.node()
                            + ", too. Each takes over operations of the other, whose callers have to try again."
                            + " Start each process with its own node name.");
            warned = true;
        }
    }

    private Optional<Node> own(Records<Node> nodes) {
        return nodes.list(Query.where(Filter.equal(Node.NAME, context.node()))).stream()
                .findFirst();
    }
}
