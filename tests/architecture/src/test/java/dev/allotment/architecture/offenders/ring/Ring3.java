// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders.ring;

/** One of nine classes that can only be understood together. */
public interface Ring3 {
    Ring4 next();
}
