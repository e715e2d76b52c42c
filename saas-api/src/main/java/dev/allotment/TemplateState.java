// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Where a {@link Template} stands. */
public enum TemplateState {
    /** Being built; cannot be cloned yet. */
    DRAFT,
    /** Closed to connections; may be cloned. */
    READY
}
