// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;

/**
 * The content of the page on which an owner duplicates a database.
 *
 * @param suffix the fixed part of the copy's name, after the label
 * @param key the idempotency key of the form
 */
public record OwnDuplicateView(long id, String name, String suffix, boolean copyable, String key, Form form) {}
