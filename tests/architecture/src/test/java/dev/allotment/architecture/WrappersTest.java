// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.allotment.architecture.offenders.ForgetfulWrapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class WrappersTest {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();

    @Test
    void everyWrapperOfTheSpiPassesOnTheMethodsThatHaveADefault() throws IOException {
        JavaClasses classes = Wrappers.ofProject(PROJECT);

        assertThat(Wrappers.names(classes))
                .contains(
                        "dev.allotment.core.internal.base.GuardedCatalog",
                        "dev.allotment.spi.backend.DelegatingDatabases");
        assertThat(Wrappers.forgotten(classes)).isEmpty();
    }

    @Test
    void aWrapperThatForgetsMethodsIsCaught() {
        assertThat(Wrappers.forgotten(
                        new ClassFileImporter().importClasses(ForgetfulWrapper.class, ForgetfulWrapper.Inherits.class)))
                .containsExactly(
                        ForgetfulWrapper.class.getName() + ": Catalog.forMaintenance",
                        ForgetfulWrapper.class.getName() + ": Catalog.isMigrated",
                        ForgetfulWrapper.class.getName() + ": Catalog.place",
                        ForgetfulWrapper.class.getName() + ": Catalog.separate",
                        ForgetfulWrapper.class.getName() + ": Catalog.timeline");
    }
}
