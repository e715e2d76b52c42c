// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.allotment.ErrorCodes;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A database that others created is adopted by the backend completely, or stays unchanged. */
public abstract class AdoptionContract extends Contract {
    private static final DatabaseRef FOUND = new DatabaseRef("found.example", new UUID(8, 8));
    private static final DatabaseRef OTHER = new DatabaseRef(FOUND.name(), new UUID(9, 9));

    /** For subclasses. */
    protected AdoptionContract() {}

    @TestFactory
    Stream<DynamicTest> declared() {
        return where(
                databases().adoption() != null,
                "adoption (Databases.adoption)",
                dynamicTest("an adopted database works like a created one, also after a restart", this::checkUse),
                dynamicTest(
                        "an adopted database can be released and then adopted under another identity",
                        this::checkRelease),
                dynamicTest("adoption refuses a database of another identity and a missing one", this::checkRefusals));
    }

    private Adoption adoption() {
        return Objects.requireNonNull(databases().adoption());
    }

    private void putFound() {
        assertThat(fixture().putAdoptable(backend(), FOUND.name()))
                .as("putAdoptable of the fixture created a database")
                .isTrue();
    }

    private void checkUse() {
        putFound();
        adoption().adopt(FOUND);
        adoption().adopt(FOUND);
        fixture().isOpen(backend(), FOUND).ifPresent(open -> assertThat(open).isFalse());
        assertThat(databases().list()).containsExactly(FOUND);
        assertThat(databases().find(FOUND.uuid())).isEqualTo(FOUND);
        write(FOUND, "inside");
        databases().open(FOUND);
        fixture().isOpen(backend(), FOUND).ifPresent(open -> assertThat(open).isTrue());
        if (declares(Capability.DURABLE)) {
            restart();
        }
        databases().rename(FOUND, "renamed.example");
        DatabaseRef renamed = new DatabaseRef("renamed.example", FOUND.uuid());
        assertThat(written(renamed)).containsExactly("inside");
        DatabaseRef copy = new DatabaseRef("copy.example", new UUID(3, 4));
        databases().copy(renamed, copy);
        assertThat(written(copy)).containsExactly("inside");
        databases().drop(renamed);
        databases().drop(copy);
        assertThat(databases().list()).isEmpty();
        assertThat(databases().exists("renamed.example")).isFalse();
    }

    private void checkRelease() {
        putFound();
        adoption().release(FOUND);
        adoption().adopt(FOUND);
        write(FOUND, "inside");
        adoption().release(OTHER);
        assertThat(written(FOUND)).containsExactly("inside");
        adoption().release(FOUND);
        adoption().release(FOUND);

        assertThat(databases().list()).isEmpty();
        assertThat(databases().exists(FOUND.name())).isTrue();
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> databases().open(FOUND));
        adoption().adopt(OTHER);
        assertThat(written(OTHER)).isEmpty();
        databases().drop(OTHER);
        assertThat(databases().exists(FOUND.name())).isFalse();
    }

    private void checkRefusals() {
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> adoption().adopt(FOUND));
        adoption().release(FOUND);
        databases().create(FOUND);
        write(FOUND, "inside");
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> adoption().adopt(OTHER));
        adoption().release(FOUND);
        assertThat(written(FOUND)).as("a created database is not released").containsExactly("inside");
        assertThat(databases().list()).containsExactly(FOUND);
        databases().drop(FOUND);
        for (String reserved : List.copyOf(databases().reservedNames())) {
            if (databases().exists(reserved)) {
                assertRefused(
                        ErrorCodes.DATABASE_NOT_ADOPTABLE,
                        () -> adoption().adopt(new DatabaseRef(reserved, new UUID(5, 5))));
            }
        }
    }
}
