// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.databases.UsageMeter;

/** A tenant in a list. */
public record DatabaseRow(
        long id, String name, Badge state, Link plan, Link owner, UsageMeter users, UsageMeter storage, String left) {
    /**
     * What the tenant belongs to.
     *
     * @param text its name; empty if there is none
     * @param path of its page
     */
    public record Link(String text, String path) {
        static final Link NONE = new Link("", "");
    }
}
