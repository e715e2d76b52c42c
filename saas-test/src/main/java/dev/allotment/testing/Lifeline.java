// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

/** Counts the points that a process passes, until one of them kills it. Safe for use by several threads. */
final class Lifeline {
    private int passed;
    private int limit = Integer.MAX_VALUE;
    private boolean dead;

    synchronized void killAfter(int points) {
        checkAlive();
        passed = 0;
        limit = points;
    }

    synchronized int passed() {
        return passed;
    }

    synchronized boolean dead() {
        return dead;
    }

    /** Passes one more point, or kills the process. */
    synchronized void pass() {
        checkAlive();
        if (passed == limit) {
            dead = true;
            checkAlive();
        }
        passed++;
    }

    synchronized void checkAlive() {
        if (dead) {
            throw new ProcessKilled(passed);
        }
    }
}
