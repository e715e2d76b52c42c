// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Opens memory backends whose transactions lock nothing. */
public final class UnlockedMemory {
    private UnlockedMemory() {}

    /** Returns a new, empty backend. */
    public static MemoryBackend open() {
        return new MemoryBackend(Set.of(), OpenLock::new);
    }

    /** A lock that every thread always gets. */
    private static final class OpenLock extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        @Override
        public void lock() {}

        @Override
        public void unlock() {}
    }
}
