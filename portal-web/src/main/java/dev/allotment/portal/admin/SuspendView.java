// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/**
 * The content of the page that asks why a database is suspended.
 *
 * @param path of the page of the database
 */
public record SuspendView(String path, Form form) {}
