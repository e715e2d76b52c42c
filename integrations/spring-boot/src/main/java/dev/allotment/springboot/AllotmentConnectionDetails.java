// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the catalog is. A bean of this type replaces {@code allotment.settings.url}, {@code user} and {@code password}.
 */
public interface AllotmentConnectionDetails extends ConnectionDetails {
    /** Returns the URL, such as {@code jdbc:postgresql://127.0.0.1:5432/portal}. */
    String getJdbcUrl();

    /** Returns the control plane's login at the database server; null: none. */
    @Nullable
    String getUsername();

    /** Returns the password; null: none. */
    @Nullable
    String getPassword();

    /**
     * Returns details that are read when the control plane opens. A container has to run by then.
     *
     * @param username returns null if there is none
     * @param password returns null if there is none
     */
    static AllotmentConnectionDetails of(
            Supplier<String> url, Supplier<@Nullable String> username, Supplier<@Nullable String> password) {
        return new AllotmentConnectionDetails() {
            @Override
            public String getJdbcUrl() {
                return url.get();
            }

            @Override
            public @Nullable String getUsername() {
                return username.get();
            }

            @Override
            public @Nullable String getPassword() {
                return password.get();
            }
        };
    }
}
