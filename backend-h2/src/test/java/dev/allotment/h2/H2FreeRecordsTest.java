// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transaction that looks for a free record keeps no other record from other transactions. */
final class H2FreeRecordsTest {
    private static final int RECORDS = 50;
    private static final Query<Parameter> WORK = Query.where(Filter.equal(Parameter.VALUE, "work"));

    private final Backend backend = new H2BackendProvider().open(Settings.of(Map.of("memory", "true")));
    private final Catalog catalog = backend.catalog();
    private List<Long> ids = List.of();

    @BeforeEach
    void insert() {
        catalog.migrate();
        ids = catalog.transact(tx -> IntStream.range(0, RECORDS)
                .mapToObj(i -> tx.records(RecordTypes.PARAMETERS)
                        .insert(new Parameter(0, "work " + i, "work", false))
                        .id())
                .toList());
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void eachTransactionGetsTheFirstThatIsLeft() {
        List<Optional<Long>> found = catalog.transact(tx -> {
            Optional<Long> first = free(tx.records(RecordTypes.PARAMETERS));
            return List.of(first, elsewhere());
        });

        assertThat(found).containsExactly(Optional.of(ids.get(0)), Optional.of(ids.get(1)));
    }

    @Test
    void theLastOneIsFoundBehindManyThatAreLocked() {
        Optional<Long> found = catalog.transact(tx -> {
            ids.subList(0, RECORDS - 1)
                    .forEach(each -> assertThat(
                                    tx.records(RecordTypes.PARAMETERS).lock(each))
                            .isPresent());
            return elsewhere();
        });

        assertThat(found).contains(ids.get(RECORDS - 1));
    }

    private static Optional<Long> free(Records<Parameter> parameters) {
        return parameters.lockFree(WORK).map(Parameter::id);
    }

    private Optional<Long> elsewhere() {
        try {
            return CompletableFuture.supplyAsync(
                            () -> catalog.<Optional<Long>>transact(tx -> free(tx.records(RecordTypes.PARAMETERS))),
                            task -> new Thread(task).start())
                    .get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
