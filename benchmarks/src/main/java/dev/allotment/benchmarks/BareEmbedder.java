// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * The smallest embedder: opens a control plane, or only the database below it, and prints how long that took in
 * nanoseconds.
 */
public final class BareEmbedder {
    /** The argument to open only an H2 database in memory with one table. */
    static final String BARE = "bare";

    private BareEmbedder() {}

    /**
     * Opens a control plane in memory, and prints the time.
     *
     * @param args {@link #BARE}, or nothing
     */
    public static void main(String[] args) throws SQLException {
        long start = System.nanoTime();
        if (args.length > 0 && args[0].equals(BARE)) {
            try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:host");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE one (id integer PRIMARY KEY, name varchar(10))");
                System.out.println("opened in " + (System.nanoTime() - start));
            }
            return;
        }
        try (Saas saas = Saas.builder().backend("h2", Map.of("memory", "true")).open()) {
            System.out.println("opened in " + (System.nanoTime() - start));
            saas.health();
        }
    }
}
