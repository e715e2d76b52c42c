// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.allotment.architecture.offenders.ImpureCore;
import dev.allotment.architecture.offenders.LeakyApi;
import dev.allotment.architecture.offenders.PrintingLibrary;
import dev.allotment.architecture.offenders.ReachingIntoTheCore;
import dev.allotment.architecture.offenders.SecondEntry;
import dev.allotment.architecture.offenders.StrayBackend;
import dev.allotment.architecture.offenders.StrayProtocol;
import dev.allotment.architecture.offenders.UsingItsOwnClock;
import dev.allotment.architecture.offenders.WideConstructor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {

    @Nested
    class TheRulesAreAboutSomething {

        @ParameterizedTest
        @EnumSource(Module.class)
        void aModuleHoldsClasses(Module module) {
            assertThat(module.classes()).as("%s", module).isNotEmpty();
        }

        @Test
        void everyClassBelongsToExactlyOneModule() {
            assertThat(Module.ALL)
                    .isNotEmpty()
                    .allSatisfy(
                            type -> assertThat(Arrays.stream(Module.values()).filter(module -> module.owns(type)))
                                    .as("owners of %s", type.getName())
                                    .hasSize(1));
        }
    }

    @Nested
    class TheApi {

        @Test
        void dependsOnNothingButJavaAndJspecify() {
            Rules.API_IS_SELF_CONTAINED.check(Module.API.classes());
        }

        @ParameterizedTest
        @ValueSource(
                classes = {LeakyApi.Sql.class, LeakyApi.Javax.class, LeakyApi.Servlet.class, LeakyApi.Logging.class})
        void isCaughtIfItLeaks(Class<?> offender) {
            assertCaught(Rules.API_IS_SELF_CONTAINED, offender);
        }
    }

    @Nested
    class TheCore {

        @Test
        void dependsOnNothingButJavaAndTheApi() {
            Rules.CORE_IS_PURE.check(Module.CORE.classes());
        }

        @ParameterizedTest
        @ValueSource(classes = {ImpureCore.Sql.class, ImpureCore.Logging.class, ImpureCore.Library.class})
        void isCaughtIfItIsImpure(Class<?> offender) {
            assertCaught(Rules.CORE_IS_PURE, offender);
        }

        @Test
        void hasOnePublicClass() {
            Rules.CORE_HAS_ONE_ENTRY.check(Module.CORE.classes());
        }

        @ParameterizedTest
        @ValueSource(classes = {SecondEntry.class, SecondEntry.Nested.class})
        void isCaughtWithASecondPublicClass(Class<?> offender) {
            assertCaught(Rules.CORE_HAS_ONE_ENTRY, offender);
        }

        @Test
        void mayNestPublicTypesThatCannotBeReached() {
            Rules.CORE_HAS_ONE_ENTRY.check(new ClassFileImporter().importClasses(SecondEntry.OUT_OF_REACH));
        }

        @Test
        void hasPackagesOfAtMost25Classes() {
            assertThat(Rules.crowdedPackages(Module.CORE.classes(), 25)).isEmpty();
            assertThat(Rules.crowdedPackages(Module.CORE.classes(), 20))
                    .as("the rule with a smaller number")
                    .containsKey("dev.allotment.core.internal.operation");
        }

        @Test
        void hasNarrowConstructors() {
            Rules.CORE_CONSTRUCTORS_ARE_NARROW.check(Module.CORE.classes());
        }

        @ParameterizedTest
        @ValueSource(classes = {WideConstructor.Service.class, WideConstructor.Components.class})
        void isCaughtWithAWideConstructor(Class<?> offender) {
            assertCaught(Rules.CORE_CONSTRUCTORS_ARE_NARROW, offender);
        }

        @Test
        void mayHaveConstructorsOfEightParameters() {
            Rules.CORE_CONSTRUCTORS_ARE_NARROW.check(
                    new ClassFileImporter().importClasses(WideConstructor.Eight.class));
        }

        @Test
        void takesTimeAndRandomnessFromOutside() {
            Rules.CORE_TAKES_TIME_AND_CHANCE_FROM_OUTSIDE.check(Module.CORE.classes());
        }

        @ParameterizedTest
        @ValueSource(
                classes = {
                    UsingItsOwnClock.Sleep.class,
                    UsingItsOwnClock.UnitSleep.class,
                    UsingItsOwnClock.Millis.class,
                    UsingItsOwnClock.Now.class,
                    UsingItsOwnClock.NowByReference.class,
                    UsingItsOwnClock.NowInAZone.class,
                    UsingItsOwnClock.SystemClock.class,
                    UsingItsOwnClock.OwnRandom.class,
                    UsingItsOwnClock.OwnSecureRandom.class,
                    UsingItsOwnClock.OwnUuid.class
                })
        void isCaughtWithItsOwnClockOrRandomness(Class<?> offender) {
            assertCaught(Rules.CORE_TAKES_TIME_AND_CHANCE_FROM_OUTSIDE, offender);
        }

        @Test
        void mayUseAClockThatItWasGiven() {
            Rules.CORE_TAKES_TIME_AND_CHANCE_FROM_OUTSIDE.check(
                    new ClassFileImporter().importClasses(UsingItsOwnClock.GivenAClock.class));
        }
    }

    @Nested
    class EverythingButHosts {

        @ParameterizedTest
        @EnumSource(Module.class)
        void doesNotSeeTheCore(Module module) {
            if (module != Module.CORE && !module.isHost()) {
                Rules.CORE_IS_NOT_SEEN.check(module.classes());
            }
        }

        @Test
        void isCaughtIfItDoes() {
            assertCaught(Rules.CORE_IS_NOT_SEEN, ReachingIntoTheCore.class);
        }
    }

    @Nested
    class ProtocolsAndBackends {

        @Test
        void shareADispatcherThatKnowsNoWireFormat() {
            Rules.ODOO_KNOWS_NO_WIRE_FORMAT.check(Module.PROTOCOL_ODOO.classes());
        }

        @ParameterizedTest
        @ValueSource(
                classes = {
                    StrayProtocol.Xml.class,
                    StrayProtocol.Servlet.class,
                    StrayProtocol.Sql.class,
                    StrayProtocol.Backend.class
                })
        void areCaughtWhenAFormatLeaksIntoIt(Class<?> offender) {
            assertCaught(Rules.ODOO_KNOWS_NO_WIRE_FORMAT, offender);
        }

        @ParameterizedTest
        @EnumSource(
                value = Module.class,
                names = {
                    "PROTOCOL_ODOO",
                    "PROTOCOL_XMLRPC",
                    "PROTOCOL_JSONRPC",
                    "PROTOCOL_REST",
                    "PROTOCOL_PAYMENTS",
                    "SERVLET",
                    "PORTAL_WEB"
                })
        void knowNoStorage(Module module) {
            Rules.PROTOCOLS_KNOW_NO_STORAGE.check(module.classes());
        }

        @ParameterizedTest
        @ValueSource(classes = {StrayProtocol.Sql.class, StrayProtocol.Backend.class})
        void areCaughtWhenTheyKnowStorage(Class<?> offender) {
            assertCaught(Rules.PROTOCOLS_KNOW_NO_STORAGE, offender);
        }

        @ParameterizedTest
        @EnumSource(
                value = Module.class,
                names = {"BACKEND_JDBC", "BACKEND_H2", "BACKEND_POSTGRES", "TESTING", "TCK", "EXAMPLE_FILE_BACKEND"})
        void knowNoWire(Module module) {
            Rules.BACKENDS_KNOW_NO_WIRE.check(module.classes());
        }

        @ParameterizedTest
        @ValueSource(classes = {StrayBackend.Protocol.class, StrayBackend.Servlet.class})
        void areCaughtWhenTheyKnowTheWire(Class<?> offender) {
            assertCaught(Rules.BACKENDS_KNOW_NO_WIRE, offender);
        }
    }

    @Nested
    class ALibrary {

        @ParameterizedTest
        @EnumSource(Module.class)
        void doesNotPrint(Module module) {
            if (!module.mayPrint()) {
                Rules.NOTHING_IS_PRINTED.check(module.classes());
            }
        }

        @ParameterizedTest
        @ValueSource(classes = {PrintingLibrary.Out.class, PrintingLibrary.Err.class, PrintingLibrary.StackTrace.class})
        void isCaughtIfItDoes(Class<?> offender) {
            assertCaught(Rules.NOTHING_IS_PRINTED, offender);
        }
    }

    private static void assertCaught(ArchRule rule, Class<?> offender) {
        assertThatThrownBy(() -> rule.check(new ClassFileImporter().importClasses(List.of(offender))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was violated")
                .hasMessageContaining(offender.getName());
    }
}
