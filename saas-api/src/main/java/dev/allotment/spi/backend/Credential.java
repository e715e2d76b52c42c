// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/**
 * A password, hashed; of an account in the catalog, of a member in a client database.
 *
 * @param userId unique
 * @param hash in passlib's format {@code $pbkdf2-sha512$rounds$salt$checksum}
 */
public record Credential(long id, long userId, String hash) {}
