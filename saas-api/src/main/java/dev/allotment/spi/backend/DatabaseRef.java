// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.UUID;

/**
 * Names a database, and says whose it has to be.
 *
 * @param name DNS labels in lower case joined by dots, 63 bytes at most; the core has validated it, a backend quotes it
 * @param uuid the identity that it was created with; a backend keeps it with the database, from the very statement that
 *     makes it, so that a database of the same name that is somebody else's is never touched
 */
public record DatabaseRef(String name, UUID uuid) {}
