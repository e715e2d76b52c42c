// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

/** What an API must not show. */
public final class LeakyApi {

    public interface Sql {
        java.sql.Connection connection();
    }

    public interface Javax {
        javax.crypto.SecretKey key();
    }

    public interface Servlet {
        void handle(jakarta.servlet.ServletRequest request);
    }

    public interface Logging {
        org.slf4j.Logger logger();
    }

    private LeakyApi() {}
}
