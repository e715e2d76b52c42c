// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.Health;
import dev.allotment.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import java.util.Set;

/**
 * Stands between a process under test and a backend, and lets a test kill that process between any two steps, to see what the
 * next one makes of what it left behind.
 *
 * <p>The process passes points: a transaction has one when its work is done but not committed, and one after the commit; every
 * other method that changes something has one before and one after; one that only reads has one before. After as many points
 * as {@link #killAfter} says, the next one throws {@link ProcessKilled}, and so does every call from then on, from any
 * thread. The backend behind is not closed: a new process is one that is opened on it. The same calls pass the same points.
 *
 * <pre>{@code
 * boolean interrupted = true;
 * for (int n = 0; interrupted; n++) {
 *     MemoryBackend storage = MemoryBackend.create();
 *     InterruptibleBackend process = InterruptibleBackend.over(storage);
 *     // open what is tested on process
 *     process.killAfter(n);
 *     try {
 *         // do what is tested
 *         interrupted = false;
 *     } catch (ProcessKilled expected) {
 *         // open what is tested on storage, and look at what it recovered
 *     }
 * }
 * }</pre>
 */
public final class InterruptibleBackend implements Backend {
    private final Backend storage;
    private final Lifeline lifeline = new Lifeline();

    private InterruptibleBackend(Backend storage) {
        this.storage = storage;
    }

    /** A process that lives on until {@link #killAfter} is called. */
    public static InterruptibleBackend over(Backend storage) {
        return new InterruptibleBackend(storage);
    }

    /**
     * Begins to count anew, and lets the process pass so many points more.
     *
     * @param points 0: the next one kills it
     * @throws ProcessKilled if it is dead already
     */
    public void killAfter(int points) {
        lifeline.killAfter(points);
    }

    /** How many points the process has passed since it was made, or since {@link #killAfter} was called last. */
    public int points() {
        return lifeline.passed();
    }

    public boolean killed() {
        return lifeline.dead();
    }

    @Override
    public String dialect() {
        return storage.dialect();
    }

    @Override
    public Catalog catalog() {
        lifeline.checkAlive();
        return new InterruptibleCatalog(storage.catalog(), lifeline);
    }

    @Override
    public Databases databases(Server server) {
        lifeline.checkAlive();
        return new InterruptibleDatabases(storage.databases(server), lifeline);
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

    /** Does nothing: what a process stored outlives it. */
    @Override
    public void close() {}
}
