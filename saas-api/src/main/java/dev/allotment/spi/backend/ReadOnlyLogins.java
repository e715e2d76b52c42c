// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseLogin;
import java.time.Duration;

/**
 * Creates logins that read a database and change nothing in it. An ability of {@link Databases}. Safe for use by
 * several threads.
 *
 * <p>The rights of the login ensure this, not a setting that its session could change. It reads the tables of the
 * application, also those that the application creates later, and none of the records of this SPI. Functions of the
 * application that it calls, such as those in a view, have the rights of the application at most.
 */
public interface ReadOnlyLogins {
    /**
     * Creates a login with a random password, for an open database. It reaches this database only. It ends, with its
     * sessions, when its time has passed, and when the database is closed or dropped. A copy of the database does not
     * have it.
     *
     * @param validity how long it is accepted; sessions may last some seconds longer
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.foreign}; {@code tenant.state} if
     *     the database is closed; {@code backend.unavailable} if the application keeps locks for too long
     */
    DatabaseLogin readOnlyLogin(DatabaseRef database, Duration validity);

    /**
     * Ends a login and its sessions. When this returns, it can neither read nor connect. Does nothing if the database
     * has no such login.
     *
     * @param user of a login that {@link #readOnlyLogin} has created
     * @throws dev.allotment.SaasException {@code database.foreign}, {@code backend.unavailable}
     */
    void revokeReadOnlyLogin(DatabaseRef database, String user);
}
