// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.UUID;

/**
 * The name of a database and the identity that it must have.
 *
 * @param name DNS labels in lower case, joined by dots, at most 63 bytes; the core has validated it, and a backend
 *     quotes it
 * @param uuid the identity that the database was created with; a backend stores it with the database, in the
 *     statement that creates it, so that another database of the same name is never touched
 */
public record DatabaseRef(String name, UUID uuid) {}
