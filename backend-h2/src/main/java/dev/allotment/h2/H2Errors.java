// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Why an application is not let in. */
final class H2Errors {
    private H2Errors() {}

    /** Says not which of the three it is. */
    static SQLException unknown() {
        return new SQLInvalidAuthorizationSpecException(
                "There is no such database, or its user or password is another one.", "28000");
    }

    static SQLException closed() {
        return new SQLNonTransientConnectionException("The database is closed to its application.", "08004");
    }

    static SQLException notOpen(@Nullable Throwable cause) {
        return new SQLNonTransientConnectionException("The H2 backend was closed.", "08001", cause);
    }

    static SQLException outOfReach(Throwable cause) {
        return new SQLTransientConnectionException(
                "The database could not be opened in time, or its files not be read. Try again.", "08001", cause);
    }
}
