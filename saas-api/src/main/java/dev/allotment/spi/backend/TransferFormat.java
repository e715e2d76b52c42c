// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/**
 * The format of what {@link Transfer#send} provides.
 *
 * @param name of the kind of databases, such as {@code postgres}. Content of another kind cannot be received
 * @param version of the base schema, counting from 1. Content of the same or an older version can be received
 */
public record TransferFormat(String name, int version) {}
