// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.time.Clock;
import java.time.InstantSource;
import java.time.temporal.TemporalAccessor;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The rules. Each one speaks about "classes" without naming a package, so that the same constant judges a module's
 * classes and an offender.
 */
final class Rules {

    private static final String CORE_ENTRY = "dev.allotment.core.Allotment";

    private static final String CORE_SETTINGS = "dev.allotment.core.CoreSettings";

    private static final Set<String> JAVA_BASE = Object.class.getModule().getPackages();

    private static final DescribedPredicate<JavaClass> IN_JAVA_BASE =
            describe("are in java.base", type -> JAVA_BASE.contains(type.getPackageName()));

    private static final DescribedPredicate<JavaClass> PRIMITIVE =
            describe("are primitive", type -> type.getBaseComponentType().isPrimitive());

    private static final DescribedPredicate<JavaClass> JSPECIFY = resideInAnyPackage("org.jspecify.annotations");

    private static final DescribedPredicate<JavaClass> IN_THE_API =
            resideInAnyPackage("dev.allotment", "dev.allotment.hook..", "dev.allotment.spi..");

    private static final DescribedPredicate<JavaClass> IN_THE_CORE = resideInAnyPackage("dev.allotment.core..");

    private static final DescribedPredicate<JavaClass> THE_ENTRY =
            describe("are the entry of the core or nested in it", type -> {
                JavaClass outermost = type;
                while (outermost.getEnclosingClass().isPresent()) {
                    outermost = outermost.getEnclosingClass().get();
                }
                return outermost.getName().equals(CORE_ENTRY);
            });

    private static final DescribedPredicate<JavaClass> THE_SETTINGS =
            describe("are the settings of the core", type -> type.getName().equals(CORE_SETTINGS));

    private static final DescribedPredicate<JavaClass> INTERNAL = resideInAnyPackage("dev.allotment.core.internal..");

    /**
     * A public type nested in a type that is not public, such as a case of an internal sealed type, cannot be reached.
     */
    private static final DescribedPredicate<JavaClass> REACHABLE_FROM_OUTSIDE =
            describe("are reachable from other packages", type -> {
                JavaClass current = type;
                while (current.getModifiers().contains(JavaModifier.PUBLIC)) {
                    if (current.getEnclosingClass().isEmpty()) {
                        return true;
                    }
                    current = current.getEnclosingClass().get();
                }
                return false;
            });

    /** The hub drags nothing along: not a database, not a web server, not a logger. */
    static final ArchRule API_IS_SELF_CONTAINED = classes()
            .should()
            .onlyDependOnClassesThat(IN_THE_API
                    .or(IN_JAVA_BASE.and(DescribedPredicate.not(resideInAnyPackage("javax.."))))
                    .or(PRIMITIVE)
                    .or(JSPECIFY)
                    .as("are in saas-api, java.base without javax, or jspecify"))
            .because("embedders and extension authors get saas-api and nothing else")
            .allowEmptyShould(true);

    /** The domain can be tested without anything around it. Cryptography of java.base (javax.crypto) is allowed. */
    static final ArchRule CORE_IS_PURE = classes()
            .should()
            .onlyDependOnClassesThat(IN_THE_CORE
                    .or(IN_THE_API)
                    .or(IN_JAVA_BASE)
                    .or(PRIMITIVE)
                    .or(JSPECIFY)
                    .as("are in saas-core, saas-api, java.base or jspecify"))
            .because("the domain is plain Java")
            .allowEmptyShould(true);

    /** Everything but a host is written against saas-api. */
    static final ArchRule CORE_IS_NOT_SEEN = noClasses()
            .should()
            .dependOnClassesThat(IN_THE_CORE)
            .because("only hosts put the core and its surroundings together")
            .allowEmptyShould(true);

    /** One public class outside of the internal packages, which the module does not export: the builder. */
    static final ArchRule CORE_HAS_ONE_ENTRY = classes()
            .that(REACHABLE_FROM_OUTSIDE.and(DescribedPredicate.not(INTERNAL)))
            .should(ArchCondition.from(THE_ENTRY))
            .because("what is public is used, and then cannot change")
            .allowEmptyShould(true);

    /** Time, randomness and waiting are handed to the core; only its settings know the defaults. */
    static final ArchRule CORE_TAKES_TIME_AND_CHANCE_FROM_OUTSIDE = noClasses()
            .that(DescribedPredicate.not(THE_SETTINGS))
            .should()
            .accessTargetWhere(describe("its own clock, source of randomness or pause is used", Rules::isAmbient))
            .because("the host decides what time it is, and tests set it")
            .allowEmptyShould(true);

    /** Nothing about a wire format may leak past its codec, and no backend shows through. */
    static final ArchRule ODOO_KNOWS_NO_WIRE_FORMAT = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("dev.allotment.odoo..")
                    .or(IN_THE_API)
                    .or(IN_JAVA_BASE)
                    .or(PRIMITIVE)
                    .or(JSPECIFY)
                    .or(resideInAnyPackage("org.slf4j.."))
                    .as("are in protocol-odoo, saas-api, java.base, jspecify or slf4j"))
            .because("a format that comes after XML-RPC must find nothing of XML-RPC there")
            .allowEmptyShould(true);

    private static final DescribedPredicate<JavaClass> ABOUT_STORAGE = resideInAnyPackage(
                    "dev.allotment.jdbc..",
                    "dev.allotment.h2..",
                    "dev.allotment.postgres..",
                    "java.sql..",
                    "javax.sql..")
            .or(resideInAnyPackage("org.jdbi..", "com.zaxxer.hikari..", "org.h2..", "org.postgresql.."))
            .as("are about storage");

    /** A protocol works over any backend. */
    static final ArchRule PROTOCOLS_KNOW_NO_STORAGE = noClasses()
            .should()
            .dependOnClassesThat(ABOUT_STORAGE)
            .because("protocols and backends know saas-api and not each other")
            .allowEmptyShould(true);

    private static final DescribedPredicate<JavaClass> ABOUT_THE_WIRE = resideInAnyPackage(
                    "dev.allotment.odoo..",
                    "dev.allotment.xmlrpc..",
                    "dev.allotment.jsonrpc..",
                    "dev.allotment.servlet..",
                    "dev.allotment.portal..",
                    "dev.allotment.tenant..")
            .or(resideInAnyPackage("jakarta.servlet..", "org.apache.xmlrpc.."))
            .as("are about the wire");

    /** A backend serves any protocol. */
    static final ArchRule BACKENDS_KNOW_NO_WIRE = noClasses()
            .should()
            .dependOnClassesThat(ABOUT_THE_WIRE)
            .because("protocols and backends know saas-api and not each other")
            .allowEmptyShould(true);

    /** A library is silent on the standard streams. */
    static final ArchRule NOTHING_IS_PRINTED =
            GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true);

    private Rules() {}

    /** Method references count as well as calls. */
    private static boolean isAmbient(JavaAccess<?> access) {
        if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
            return false;
        }
        JavaClass owner = access.getTargetOwner();
        String name = target.getName();
        boolean withoutArguments = target.getRawParameterTypes().isEmpty();
        return switch (name) {
            case "sleep" -> owner.isEquivalentTo(Thread.class) || owner.isEquivalentTo(TimeUnit.class);
            case "parkNanos", "parkUntil" -> owner.isEquivalentTo(LockSupport.class);
            case "currentTimeMillis", "nanoTime" -> owner.isEquivalentTo(System.class);
            // Instant, LocalDate and the like: now() reads the system clock, now(clock) does not.
            case "now" -> owner.isAssignableTo(TemporalAccessor.class) && !takes(target, Clock.class);
            case "system", "systemUTC", "systemDefaultZone", "tickMillis", "tickSeconds", "tickMinutes" ->
                owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class);
            case "random" -> owner.isEquivalentTo(Math.class) || owner.isEquivalentTo(StrictMath.class);
            case "randomUUID" -> owner.isEquivalentTo(UUID.class);
            case "current" -> owner.isEquivalentTo(ThreadLocalRandom.class);
            case "<init>" ->
                owner.isAssignableTo(Random.class) || (owner.isEquivalentTo(java.util.Date.class) && withoutArguments);
            case "getInstance", "getInstanceStrong" -> owner.isAssignableTo(Random.class);
            default -> false;
        };
    }

    private static boolean takes(CodeUnitAccessTarget target, Class<?> parameter) {
        return target.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(parameter));
    }
}
