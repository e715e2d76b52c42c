// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.Health;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backup.BackupStore;
import java.util.Set;

/**
 * A backend that a test can kill between any two steps, to see what the next process recovers.
 *
 * <p>The process under test passes points. A transaction has one after its work and before the commit, and one after
 * the commit. Every other method that changes something has one before and one after it, and one before the commit if
 * it runs work in a transaction. A method that only reads has one before it. After the number of points given to
 * {@link #killAfter}, the next point throws {@link ProcessKilled},
 * and so does every later call from any thread. The backend behind it stays open: open a new process on it. The same
 * calls pass the same points.
 *
 * <pre>{@code
 * boolean interrupted = true;
 * for (int n = 0; interrupted; n++) {
 *     MemoryBackend storage = MemoryBackend.create();
 *     InterruptibleBackend process = InterruptibleBackend.over(storage);
 *     // open the code under test on process
 *     process.killAfter(n);
 *     try {
 *         // run the action under test
 *         interrupted = false;
 *     } catch (ProcessKilled expected) {
 *         // open the code under test on storage, and check what it recovered
 *     }
 * }
 * }</pre>
 */
public final class InterruptibleBackend extends DelegatingBackend {
    private final Backend storage;
    private final Lifeline lifeline = new Lifeline();
    private final Interruption interruption = new Interruption(lifeline);

    private InterruptibleBackend(Backend storage) {
        super(storage);
        this.storage = storage;
    }

    /** Returns a process that lives until {@link #killAfter} kills it. */
    public static InterruptibleBackend over(Backend storage) {
        return new InterruptibleBackend(storage);
    }

    /**
     * Restarts the count, and kills the process after this number of points.
     *
     * @param points 0: the next one kills it
     * @throws ProcessKilled if it is already dead
     */
    public void killAfter(int points) {
        lifeline.killAfter(points);
    }

    /** Returns how many points the process has passed since it was created, or since the last {@link #killAfter}. */
    public int points() {
        return lifeline.passed();
    }

    /** Returns whether the process is dead. */
    public boolean killed() {
        return lifeline.dead();
    }

    /**
     * Returns a store as the process uses it. Writing a file has a point before it, one for each piece that it reads,
     * and one after it; every other method has one before it, and one after it if it changes something.
     */
    public BackupStore store(BackupStore store) {
        return interruption.over(store);
    }

    @Override
    public Catalog catalog() {
        lifeline.checkAlive();
        return interruption.over(storage.catalog());
    }

    @Override
    public Databases databases(Server server) {
        lifeline.checkAlive();
        return interruption.over(storage.databases(server));
    }

    @Override
    public Health health() {
        lifeline.checkAlive();
        return storage.health();
    }

    @Override
    public Set<Capability> capabilities() {
        lifeline.checkAlive();
        return storage.capabilities();
    }

    /** Does nothing, because the storage outlives the process. */
    @Override
    public void close() {}
}
