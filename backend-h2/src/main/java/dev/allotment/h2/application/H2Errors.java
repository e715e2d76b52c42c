// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.application;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** The errors that an application gets when it cannot connect to its database. */
public final class H2Errors {
    private H2Errors() {}

    /** The database, the user or the password is wrong. The error does not say which. */
    public static SQLException unknown() {
        return new SQLInvalidAuthorizationSpecException(
                "There is no such database, or its user or password is different.", "28000");
    }

    /** The database is closed to its application. */
    public static SQLException closed() {
        return new SQLNonTransientConnectionException("The database is closed to its application.", "08004");
    }

    /** The backend is closed. */
    public static SQLException backendClosed(@Nullable Throwable cause) {
        return new SQLNonTransientConnectionException("The H2 backend was closed. Open it again.", "08001", cause);
    }

    /** The database could not be opened. */
    public static SQLException unavailable(Throwable cause) {
        return new SQLTransientConnectionException(
                "The database could not be opened in time, or its files could not be read. Try again.", "08001", cause);
    }
}
