// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.MemoryBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CostTest {
    /** Counts the rows of lists. */
    private record CountingRows(Transaction tx, AtomicInteger rows) implements Transaction {
        @Override
        @SuppressWarnings("unchecked")
        public <R extends Record> Records<R> records(RecordType<R> type) {
            Records<R> records = tx.records(type);
            return (Records<R>) Proxy.newProxyInstance(
                    Records.class.getClassLoader(), new Class<?>[] {Records.class}, (proxy, method, arguments) -> {
                        try {
                            Object result = method.invoke(records, arguments);
                            if (result instanceof List<?> list) {
                                rows.addAndGet(list.size());
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }

        @Override
        public long next(String sequence) {
            return tx.next(sequence);
        }

        @Override
        public void deferDurability() {
            tx.deferDurability();
        }
    }

    /** Counts the transactions on the catalog, and the rows that lists return. */
    private static final class Counting extends DelegatingBackend {
        private final Backend backend;
        private final AtomicInteger transactions;
        private final AtomicInteger rows;

        Counting(Backend backend, AtomicInteger transactions) {
            this(backend, transactions, new AtomicInteger());
        }

        Counting(Backend backend, AtomicInteger transactions, AtomicInteger rows) {
            super(backend);
            this.backend = backend;
            this.transactions = transactions;
            this.rows = rows;
        }

        @Override
        public Catalog catalog() {
            Catalog catalog = backend.catalog();
            return new DelegatingCatalog(catalog) {
                @Override
                public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                    transactions.incrementAndGet();
                    return catalog.<T>transact(tx -> work.apply(new CountingRows(tx, rows)));
                }
            };
        }
    }

    /** One that reads the role of the account, and one that counts. */
    @Test
    void countsInTwoTransactionsAfterThePasswordCheck() {
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

            assertThat(transactions).hasValue(2);
        }
    }

    @Test
    void countsInTwoTransactionsWithAnApiKeyThatWasUsedAMomentAgo() {
        AtomicInteger transactions = new AtomicInteger();
        try (Saas saas = Saas.builder()
                .backend(new Counting(MemoryBackend.create(), transactions))
                .administrator("admin", "admin")
                .passwordIterations(1)
                .ticker(() -> 0)
                .open()) {
            OdooServices services = new OdooServices(saas, OdooSettings.defaults());
            String key = saas.actingAs(new UserId(2))
                    .apiKeys()
                    .create(new NewApiKey("test", ApiKeyScope.EVERYTHING, null))
                    .secret();
            count(services, saas.mainDatabase(), key);
            transactions.set(0);

            count(services, saas.mainDatabase(), key);

            assertThat(transactions).hasValue(2);
        }
    }

    private static void count(OdooServices services, String database, String key) {
        services.byKey(database, key, null)
                .orElseThrow()
                .call("res.partner", "search_count", Map.of("domain", List.of()), null);
    }

    @Test
    void looksForTheDatabaseOfAHostOnceInASecond() {
        AtomicInteger transactions = new AtomicInteger();
        AtomicLong nanos = new AtomicLong();
        try (Saas saas = Saas.builder()
                .backend(new Counting(MemoryBackend.create(), transactions))
                .open()) {
            HostDatabases hosts = new HostDatabases(saas, nanos::get);
            assertThat(hosts.databaseAt("127.0.0.1")).hasValue(saas.mainDatabase());
            transactions.set(0);

            nanos.addAndGet(999_999_999);
            hosts.databaseAt("127.0.0.1");
            assertThat(transactions).hasValue(0);

            nanos.addAndGet(1);
            hosts.databaseAt("127.0.0.1");
            assertThat(transactions).hasValue(1);
        }
    }

    @Test
    void readsOneParameterForAnXmlId() {
        AtomicInteger rows = new AtomicInteger();
        try (Saas saas = Saas.builder()
                .backend(new Counting(MemoryBackend.create(), new AtomicInteger(), rows))
                .administrator("admin", "admin")
                .passwordIterations(1)
                .open()) {
            for (int i = 0; i < 100; i++) {
                saas.parameters().set("ir.model.data.__api__.user" + i, "res.users,2");
            }
            OdooServices services = new OdooServices(saas, OdooSettings.defaults());
            Object[] call = {
                saas.mainDatabase(), 2, "admin", "ir.model.data", "xmlid_to_res_id", list("__api__.user7"), Map.of()
            };
            services.call("object", "execute_kw", list(call), null);
            rows.set(0);

            assertThat(services.call("object", "execute_kw", list(call), null)).isEqualTo(2L);

            assertThat(rows).hasValue(1);
        }
    }
}
