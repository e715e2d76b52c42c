// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Whether a {@link Template} can be cloned. */
public enum TemplateState {
    /** It is being built and cannot be cloned yet. */
    DRAFT,

    /** It is closed to connections and can be cloned. */
    READY
}
