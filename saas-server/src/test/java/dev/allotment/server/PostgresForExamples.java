// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Runs a PostgreSQL server until a signal stops it, and prints its URL. Used by .ci/run. */
final class PostgresForExamples {
    private PostgresForExamples() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        EmbeddedPostgres postgres = EmbeddedPostgres.start();
        System.out.println("jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres");
        // It stops itself when the process ends.
        new CountDownLatch(1).await();
    }
}
