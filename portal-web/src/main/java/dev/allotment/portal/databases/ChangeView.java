// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;

/**
 * The content of the pages that rename or delete a database.
 *
 * @param suffix the fixed part of the name, after the label
 * @param consequence what deleting the database means, for the page
 */
public record ChangeView(long id, String name, String suffix, String consequence, Form form) {}
