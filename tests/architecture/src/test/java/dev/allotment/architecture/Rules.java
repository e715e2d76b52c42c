// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Clock;
import java.time.InstantSource;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The rules. Each one speaks about "classes" without naming a package, so that the same constant judges a module's
 * classes and an offender.
 */
final class Rules {

    private static final String CORE_ENTRY = "dev.allotment.core.CoreProvider";

    private static final Set<String> API_ENTRIES =
            Set.of("dev.allotment.SaasBuilder", "dev.allotment.Saas", "dev.allotment.AsyncOperations");

    private static final Set<String> JAVA_BASE = Object.class.getModule().getPackages();

    private static final DescribedPredicate<JavaClass> IN_JAVA_BASE =
            describe("are in java.base", type -> JAVA_BASE.contains(type.getPackageName()));

    private static final DescribedPredicate<JavaClass> PRIMITIVE =
            describe("are primitive", type -> type.getBaseComponentType().isPrimitive());

    private static final DescribedPredicate<JavaClass> JSPECIFY = resideInAnyPackage("org.jspecify.annotations");

    private static final DescribedPredicate<JavaClass> IN_THE_API = resideInAnyPackage(
            "dev.allotment",
            "dev.allotment.access..",
            "dev.allotment.backup..",
            "dev.allotment.billing..",
            "dev.allotment.brand..",
            "dev.allotment.erasure..",
            "dev.allotment.fleet..",
            "dev.allotment.identity..",
            "dev.allotment.support..",
            "dev.allotment.text..",
            "dev.allotment.team..",
            "dev.allotment.webhook..",
            "dev.allotment.hook..",
            "dev.allotment.spi..");

    private static final DescribedPredicate<JavaClass> IN_THE_CORE = resideInAnyPackage("dev.allotment.core..");

    private static final DescribedPredicate<JavaClass> THE_ENTRY =
            describe("are the entry of the core or nested in it", type -> {
                JavaClass outermost = type;
                while (outermost.getEnclosingClass().isPresent()) {
                    outermost = outermost.getEnclosingClass().get();
                }
                return outermost.getName().equals(CORE_ENTRY);
            });

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
                    .or(IN_JAVA_BASE.and(
                            DescribedPredicate.not(resideInAnyPackage("javax.crypto..", "javax.security.."))))
                    .or(PRIMITIVE)
                    .or(JSPECIFY)
                    .as("are in saas-api, java.base without javax.crypto and javax.security, or jspecify"))
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

    /** One public class outside of the internal packages, which the module does not export: what the builder finds. */
    static final ArchRule CORE_HAS_ONE_ENTRY = classes()
            .that(REACHABLE_FROM_OUTSIDE.and(DescribedPredicate.not(INTERNAL)))
            .should(ArchCondition.from(THE_ENTRY))
            .because("what is public is used, and then cannot change")
            .allowEmptyShould(true);

    /**
     * The packages of the core, from the ground up. A package may use those before it.
     *
     * <p>Offenders have the same names below an {@code internal} of theirs.
     */
    static final List<String> CORE_LAYERS = List.of(
            "rule",
            "base",
            "file",
            "parameter",
            "record",
            "event",
            "server",
            "name",
            "operation",
            "feature",
            "usage",
            "plan",
            "outgoing",
            "webhook",
            "addon",
            "authentication",
            "database",
            "account",
            "team",
            "template",
            "spare",
            "backup.stream",
            "backup.archive",
            "backup",
            "export",
            "host",
            "access",
            "identity",
            "support",
            "tenant.change",
            "tenant.configuration",
            "tenant.move",
            "tenant.restore",
            "tenant.life",
            "billing",
            "tenant.creation",
            "tenant",
            "fleet",
            "erasure",
            "brand",
            "campaign",
            "reconciliation",
            "maintenance");

    /** The feature packages of the core know nothing of those above them. */
    static final ArchRule CORE_DEPENDS_DOWNWARDS = classes()
            .should(new ArchCondition<>("only depend on packages of the same or a lower layer") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    int layer = layer(type);
                    for (Dependency each : type.getDirectDependenciesFromSelf()) {
                        if (layer >= 0 && layer(each.getTargetClass().getBaseComponentType()) > layer) {
                            events.add(SimpleConditionEvent.violated(each, each.getDescription()));
                        }
                    }
                }
            })
            .because("a feature is understood from what it stands on")
            .allowEmptyShould(true);

    /**
     * Of two packages that use each other, neither can be understood alone. The entries of the API are left out: an embedder hands them
     * everything, and gets everything from them.
     */
    static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return SliceIdentifier.of(type.getPackageName());
                }

                @Override
                public String getDescription() {
                    return "packages";
                }
            })
            .should()
            .beFreeOfCycles()
            .ignoreDependency(
                    describe("the entries", type -> API_ENTRIES.contains(outermost(type))),
                    DescribedPredicate.alwaysTrue())
            .because("a package is understood from what it stands on")
            .allowEmptyShould(true);

    /** The packages with more than so many classes, nested ones not counted, and how many they have. */
    static Map<String, Long> crowdedPackages(Iterable<JavaClass> classes, long most) {
        Map<String, Long> sizes = new TreeMap<>();
        for (JavaClass each : classes) {
            if (each.isTopLevelClass() && !each.getSimpleName().equals("package-info")) {
                sizes.merge(each.getPackageName(), 1L, Long::sum);
            }
        }
        sizes.values().removeIf(size -> size <= most);
        return sizes;
    }

    /** The most parameters of a constructor of the core. */
    private static final int MOST_PARAMETERS = 8;

    /** What always travels together is behind one door. An enum gets its name and number in addition. */
    static final ArchRule CORE_CONSTRUCTORS_ARE_NARROW = classes()
            .that(describe("are no enums", type -> !type.isEnum()))
            .should(new ArchCondition<>("have constructors with at most " + MOST_PARAMETERS + " parameters") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (JavaConstructor each : type.getConstructors()) {
                        if (each.getRawParameterTypes().size() > MOST_PARAMETERS) {
                            events.add(SimpleConditionEvent.violated(each, each.getDescription() + " is wider"));
                        }
                    }
                }
            })
            .because("a class that needs more does more than one thing, or does not know what belongs together")
            .allowEmptyShould(true);

    /** The most classes that may need each other, directly or through others. */
    static final int MOST_IN_A_CIRCLE = 8;

    /** Time, randomness and waiting are handed to the core. */
    static final ArchRule CORE_TAKES_TIME_AND_CHANCE_FROM_OUTSIDE = noClasses()
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

    private static int layer(JavaClass type) {
        String name = type.getPackageName();
        int internal = name.indexOf(".internal.");
        boolean judged = name.startsWith("dev.allotment.core.") || name.contains(".offenders.");
        return internal < 0 || !judged ? -1 : CORE_LAYERS.indexOf(name.substring(internal + ".internal.".length()));
    }

    /** The largest group of classes of which each needs each other one; nested classes count as what they are nested in. */
    static Set<String> largestCircle(Iterable<JavaClass> classes) {
        Map<String, Set<String>> uses = new TreeMap<>();
        classes.forEach(type -> uses.computeIfAbsent(outermost(type), key -> new TreeSet<>()));
        for (JavaClass type : classes) {
            for (Dependency each : type.getDirectDependenciesFromSelf()) {
                String target = outermost(each.getTargetClass().getBaseComponentType());
                if (uses.containsKey(target)) {
                    uses.get(outermost(type)).add(target);
                }
            }
        }
        Set<String> largest = Set.of();
        for (String start : uses.keySet()) {
            Set<String> circle = new TreeSet<>(reached(uses, start));
            circle.removeIf(each -> !reached(uses, each).contains(start));
            largest = circle.size() > largest.size() ? circle : largest;
        }
        return largest;
    }

    private static String outermost(JavaClass type) {
        String name = type.getName();
        return name.indexOf('$') < 0 ? name : name.substring(0, name.indexOf('$'));
    }

    private static Set<String> reached(Map<String, Set<String>> uses, String start) {
        Set<String> reached = new TreeSet<>(Set.of(start));
        Deque<String> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (String next : uses.getOrDefault(open.pop(), Set.of())) {
                if (reached.add(next)) {
                    open.push(next);
                }
            }
        }
        return reached;
    }

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
