// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/**
 * Adopts databases that others have made. An ability of {@link Databases}; in a {@linkplain Databases#fencedBy view},
 * with its token. Safe for use by several threads.
 */
public interface Adoption {
    /**
     * Gives an existing database, which was not created through this SPI, an identity. Its content stays, the base
     * schema is added, and it is closed. All or nothing, even if the process dies. Does nothing if it already has this
     * identity.
     *
     * @throws dev.allotment.SaasException {@code database.not-adoptable} with the reason; {@code database.foreign} if
     *     it was created through this SPI with another identity
     */
    void adopt(DatabaseRef database);

    /**
     * Takes {@link #adopt} back: the database is as it was, without the base schema, and has its previous owner. Does
     * nothing if the database does not exist or was not adopted.
     */
    void release(DatabaseRef database);
}
