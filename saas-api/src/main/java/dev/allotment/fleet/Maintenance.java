// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.AllowedFor;
import dev.allotment.BackupSchedule;
import dev.allotment.Needs;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.backup.Backups;
import java.util.List;

/**
 * Does the scheduled work. The embedder calls it every few seconds, on any number of nodes; each piece of work is
 * done once.
 *
 * <p>What is due is derived from the records, so nothing is lost if a node dies. A call costs as much as what is due,
 * not as much as what exists. Safe for use by several threads.
 *
 * <p>{@link MaintenanceThreads} calls it on the threads that it needs. An embedder that has its own threads needs at
 * least two: one calls {@link #run}, which may take long, and one calls {@link #renewLeases} meanwhile. To keep a
 * slow listener or a large backup from delaying everything else, call {@link #runDue} instead of {@code run}, and on
 * other threads {@link #deliver} for each of the {@link #listeners}, {@link #makeBackups} and {@link #recover}.
 */
public interface Maintenance {
    /**
     * Does all scheduled work: {@link #runDue}, then {@link #deliver} for each listener, {@link #recover} and {@link
     * #makeBackups}. A part that fails is logged, and does not keep the others from running.
     *
     * @return how many pieces of work were done
     * @throws SaasException {@code backend.closed}
     */
    int run();

    /**
     * Does what is due, except for deliveries, backups and the recovery of operations that may take hours.
     *
     * <p>Recovers other operations of dead nodes, suspends and resumes tenants according to expiry and storage,
     * notifies owners in advance, removes what has expired, rebuilds templates whose plan or add-ons changed, fills the
     * warm pool, and checks the health of database servers. A failure is logged, does not prevent the rest, and is
     * retried by a later call. Only an {@link Error} is thrown, after the rest was done.
     *
     * @return how many pieces of work were done
     */
    int runDue();

    /**
     * Finishes or undoes operations of dead nodes. Those that may take hours come last: campaigns, moves, duplicates,
     * migrations, actions of the embedder, backups with their restores and drills, and changes that make a backup
     * first. {@link SaasBuilder#executor} runs these if there is one; otherwise this method does, so call it on a
     * separate thread. {@link #runDue} recovers the others, too, so either thread takes them over from a dead node
     * within half a minute while the other one is busy.
     *
     * @return how many operations this has finished or undone
     */
    int recover();

    /** Returns the names of all listeners of this control plane, in order. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<String> listeners();

    /**
     * Delivers up to a hundred due events to a listener. Does nothing if another thread of this process is doing so:
     * a process calls a listener from one thread at a time.
     *
     * @return how many events were delivered
     * @throws SaasException {@code configuration.invalid} if there is no such listener
     */
    int deliver(String listener);

    /**
     * Backs up tenants whose plan has a {@link BackupSchedule}, one after the other, for ten minutes at most, and then
     * restores backups as drills, for ten minutes at most: what has started is completed. Before that, it encrypts up
     * to 100 keys of backups again, as {@link Backups#rotateBackupKeys} does, if they are due. What fails is logged,
     * and is tried again by a later call. Does nothing without a store, or if another thread of this process is doing
     * so. Each backup takes as long as reading the whole database, so call it on a separate thread.
     *
     * <p>The sections Scheduled backups, The drill and Another secret key of docs/backups.md say what is due when.
     *
     * @return how many backups were made or restored as a drill, and keys encrypted
     */
    int makeBackups();

    /**
     * Returns the nodes that work on the catalog, by name. Includes nodes that died less than ten minutes ago.
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<Node> nodes();

    /** Returns what this process has done since it started. Does no I/O. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    NodeStatistics statistics();

    /** Returns the events that are still to be delivered, by the name of the listener, for all nodes together. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<ListenerBacklog> backlogs();

    /**
     * Renews the leases of what this process is working on: operations started by any call, and deliveries. Otherwise
     * other nodes take the work over after 20 seconds.
     *
     * <p>Call it about every five seconds, on a thread that waits for nothing else. Without it, work that takes
     * longer than 20 seconds, such as a pre-deletion backup, is done by two nodes at the same time. Takes a few short
     * transactions of the catalog. If nothing is in progress, it takes one every ten seconds, which reports that this
     * node is alive.
     */
    void renewLeases();
}
