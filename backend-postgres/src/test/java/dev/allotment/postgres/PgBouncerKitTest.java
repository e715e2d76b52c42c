// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.tck.AdoptionContract;
import dev.allotment.tck.BackendFixture;
import dev.allotment.tck.ConfigureContract;
import dev.allotment.tck.DatabasesContract;
import dev.allotment.tck.DurabilityContract;
import dev.allotment.tck.FencingContract;
import dev.allotment.tck.IdentityContract;
import dev.allotment.tck.LifeCycleContract;
import dev.allotment.tck.RecordsContract;
import dev.allotment.tck.RowQuotasContract;
import dev.allotment.tck.SchemaContract;
import dev.allotment.tck.TransactionsContract;
import dev.allotment.tck.TransferContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit through PgBouncer, which keeps sessions apart, for what nodes do. Applications of tenants, hostile ones too,
 * do not reach the PgBouncer of nodes.
 */
final class PgBouncerKitTest {
    @TempDir
    private static Path folder;

    private static PgBouncer pooler;

    @BeforeAll
    static void start() {
        try {
            pooler = PgBouncer.start(PostgresTestServer.shared(), folder, "session");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stop() {
        pooler.close();
    }

    private static BackendFixture fixture() {
        return new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of(), pooler::through);
    }

    @Nested
    class Schema extends SchemaContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Records extends RecordsContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Transactions extends TransactionsContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Databases extends DatabasesContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Identity extends IdentityContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Configure extends ConfigureContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Adoption extends AdoptionContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class RowQuotas extends RowQuotasContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Transfer extends TransferContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class Durability extends DurabilityContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }

    @Nested
    class LifeCycle extends LifeCycleContract {
        @Override
        protected BackendFixture newFixture() {
            return fixture();
        }
    }
}
