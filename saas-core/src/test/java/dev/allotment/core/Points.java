// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

/**
 * The points of an operation at which a test interrupts it. {@code -Dallotment.exhaustive=true} takes every one; without
 * it, a story has every third one. Its name decides which.
 */
public final class Points {
    public static final int STRIDE = Boolean.getBoolean("allotment.exhaustive") ? 1 : 3;

    private Points() {}

    public static int first(Story story) {
        return Math.floorMod(story.name().hashCode(), STRIDE);
    }
}
