// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.DelegatingBackend;
import dev.allotment.tck.memory.MemoryBackend;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CostTest {
    /** Counts the transactions on the catalog. */
    private static final class Counting extends DelegatingBackend {
        private final Backend backend;
        private final AtomicInteger transactions;

        Counting(Backend backend, AtomicInteger transactions) {
            super(backend);
            this.backend = backend;
            this.transactions = transactions;
        }

        @Override
        public Catalog catalog() {
            Catalog catalog = backend.catalog();
            return new Catalog() {
                @Override
                public void migrate() {
                    catalog.migrate();
                }

                @Override
                public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                    transactions.incrementAndGet();
                    return catalog.transact(work);
                }
            };
        }
    }

    @Test
    void countsInOneTransactionAfterThePasswordCheck() {
        AtomicInteger transactions = new AtomicInteger();
        try (Saas saas = Saas.builder()
                .backend(new Counting(MemoryBackend.create(), transactions))
                .administrator("admin", "admin")
                .passwordIterations(1)
                .open()) {
            OdooServices services = new OdooServices(saas, OdooSettings.defaults());
            Object[] call = {saas.mainDatabase(), 2, "admin", "res.partner", "search_count", list(list()), Map.of()};
            services.call("object", "execute_kw", list(call), null);
            transactions.set(0);

            services.call("object", "execute_kw", list(call), null);

            assertThat(transactions).hasValue(1);
        }
    }
}
