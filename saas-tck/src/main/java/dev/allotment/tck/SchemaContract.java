// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The catalog's schema exists after {@code migrate}, however often and by however many processes it is called. */
public abstract class SchemaContract extends Contract {
    /** For subclasses. */
    protected SchemaContract() {}

    @Test
    void migratingAgainChangesNothing() {
        catalog().transact(tx -> insertParameter(tx, "kept"));
        catalog().migrate();

        assertThat(catalog().<List<String>>transact(Contract::parameters)).containsExactly("kept");
    }

    @Test
    void aNewCatalogIsEmpty() {
        assertThat(catalogPlace().types())
                .allSatisfy(type -> assertThat(count(catalogPlace(), type)).isZero());
        assertThat(databases().list()).isEmpty();
    }

    @Test
    void severalThreadsCanMigrateConcurrently() {
        Backend backend = open();
        Race.runAll(4, i -> {
            backend.catalog().migrate();
            return null;
        });
        catalog().transact(tx -> insertParameter(tx, "works"));
        assertThat(catalog().<List<String>>transact(Contract::parameters)).containsExactly("works");
    }

    @TestFactory
    Stream<DynamicTest> severalProcessesCanMigrateConcurrently() {
        return where(
                openCapabilities(Capability.SHARED), "SHARED", dynamicTest("and then see each other's records", () -> {
                    List<Backend> backends = List.of(open(), open(), open());
                    Race.runAll(backends.size(), i -> {
                        backends.get(i).catalog().migrate();
                        return backends.get(i).catalog().transact(tx -> insertParameter(tx, "of " + i));
                    });
                    assertThat(backends)
                            .allSatisfy(backend -> assertThat(
                                            backend.catalog().<List<String>>transact(Contract::parameters))
                                    .containsExactlyInAnyOrder("of 0", "of 1", "of 2"));
                }));
    }

    @Test
    void aSchemaOfANewerVersionIsRefused() {
        catalog().transact(tx -> insertParameter(tx, "kept"));
        restart();
        need(fixture().putNewerSchema(), "putNewerSchema of the fixture");

        assertRefused(ErrorCodes.BACKEND_SCHEMA, () -> open().catalog().migrate());
    }

    /** Reads the capabilities without creating the schema. */
    private boolean openCapabilities(Capability capability) {
        Backend backend = fixture().open();
        try {
            return backend.capabilities().contains(capability);
        } finally {
            backend.close();
        }
    }
}
