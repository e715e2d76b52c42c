// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.allotment.architecture.offenders.cycle.one.First;
import dev.allotment.architecture.offenders.cycle.two.Second;
import dev.allotment.architecture.offenders.internal.base.Upward;
import dev.allotment.architecture.offenders.internal.tenant.Upper;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LayeringTest {
    private static final String CORE = "dev.allotment.core.internal.";

    @ParameterizedTest
    @EnumSource(Module.class)
    void packagesOfAModuleAreFreeOfCycles(Module module) {
        Rules.PACKAGES_ARE_FREE_OF_CYCLES.check(module.classes());
    }

    @Test
    void packagesInACycleAreCaught() {
        assertCaught(Rules.PACKAGES_ARE_FREE_OF_CYCLES, First.class, Second.class);
    }

    @Test
    void packagesOfTheCoreDependDownwards() {
        Rules.CORE_DEPENDS_DOWNWARDS.check(Module.CORE.classes());
    }

    @Test
    void everyInternalPackageOfTheCoreHasALayer() {
        Set<String> packages = Module.CORE.classes().stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(CORE))
                .map(name -> name.substring(CORE.length()))
                .collect(Collectors.toSet());

        assertThat(packages).containsExactlyInAnyOrderElementsOf(Rules.CORE_LAYERS);
    }

    @Test
    void aDependencyOnAHigherLayerIsCaught() {
        assertCaught(Rules.CORE_DEPENDS_DOWNWARDS, Upward.class, Upper.class);
    }

    @ParameterizedTest
    @EnumSource(Module.class)
    void fewClassesOfAModuleNeedEachOther(Module module) {
        assertThat(Rules.largestCircle(module.classes())).hasSizeLessThanOrEqualTo(Rules.MOST_IN_A_CIRCLE);
    }

    @Test
    void manyClassesThatNeedEachOtherAreCaught() {
        JavaClasses ring = new ClassFileImporter().importPackages("dev.allotment.architecture.offenders.ring");

        assertThat(Rules.largestCircle(ring)).hasSizeGreaterThan(Rules.MOST_IN_A_CIRCLE);
    }

    private static void assertCaught(ArchRule rule, Class<?>... offenders) {
        assertThatThrownBy(() -> rule.check(new ClassFileImporter().importClasses(offenders)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(offenders[0].getName());
    }
}
