// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import java.util.concurrent.locks.ReentrantLock;

/** A lock that every thread always gets. */
final class OpenLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    @Override
    public void lock() {}

    @Override
    public void unlock() {}
}
