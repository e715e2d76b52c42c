// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Moment;

/**
 * A soft-deleted tenant, as its owner sees it.
 *
 * @param until when it is removed for good
 * @param restorable whether the visitor can restore it
 */
public record DeletedDatabase(long id, String name, Moment until, boolean restorable) {}
