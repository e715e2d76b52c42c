// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;

/**
 * Renaming or deleting one client database.
 *
 * @param suffix what follows the part of the name that can be chosen
 * @param consequence of deleting it, in words
 */
public record ChangeView(long id, String name, String suffix, String consequence, Form form) {}
