// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Finds wrappers of SPI interfaces that forget a method with a default: they compile without it, and then silently do
 * what the default does, such as to ignore the mark that protects a server from a copied catalog.
 */
final class Wrappers {
    /** What the bytes of a class file have if the class is about the SPI. */
    private static final String SPI = "dev/allotment/spi/";

    private Wrappers() {}

    /** Returns the classes and test classes of all modules of a project that are about the SPI, as far as built. */
    static JavaClasses ofProject(Path project) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(project)) {
            for (Path file : all.filter(Wrappers::isClassFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(SPI)) {
                    files.add(file);
                }
            }
        }
        return new ClassFileImporter().importPaths(files);
    }

    private static boolean isClassFile(Path file) {
        String path = file.toString();
        return path.endsWith(".class")
                && (path.contains("/target/classes/") || path.contains("/target/test-classes/"))
                && !path.contains("/offenders/");
    }

    /** Returns what each wrapper forgets, as {@code class: Interface.method}. */
    static List<String> forgotten(JavaClasses classes) {
        return classes.stream()
                .filter(type -> !type.isInterface())
                .flatMap(type -> wrapped(type).stream()
                        .flatMap(spi -> spi.getMethods().stream()
                                .filter(method -> hasDefault(method) && !isImplemented(type, method))
                                .map(method -> type.getName() + ": " + spi.getSimpleName() + "." + method.getName())))
                .sorted()
                .toList();
    }

    /** Returns the names of the classes that wrap an interface of the SPI. */
    static List<String> names(JavaClasses classes) {
        return classes.stream()
                .filter(type -> !type.isInterface() && !wrapped(type).isEmpty())
                .map(JavaClass::getName)
                .toList();
    }

    /** Returns the interfaces of the SPI of which a class passes at least one call to another object. */
    private static Collection<JavaClass> wrapped(JavaClass type) {
        return type.getAllRawInterfaces().stream()
                .filter(each -> each.getPackageName().startsWith("dev.allotment.spi"))
                .filter(spi -> type.getMethods().stream().anyMatch(method -> passesOn(method, spi)))
                .toList();
    }

    /** Whether a method calls the method that it implements, of another object. */
    private static boolean passesOn(JavaMethod method, JavaClass spi) {
        return method.getMethodCallsFromSelf().stream()
                .filter(call -> call.getTarget().getName().equals(method.getName())
                        && call.getTarget().getRawParameterTypes().equals(method.getRawParameterTypes()))
                .map(JavaCall::getTargetOwner)
                .anyMatch(owner -> owner.isAssignableTo(spi.getName()) && !isOwnOrInherited(owner, method));
    }

    /** Whether a call of a method of this type is a call of the same object or of its superclass. */
    private static boolean isOwnOrInherited(JavaClass owner, JavaMethod method) {
        return !owner.isInterface() && method.getOwner().isAssignableTo(owner.getName());
    }

    /** The methods about parameters use others, which every wrapper has. */
    private static boolean hasDefault(JavaMethod method) {
        return !method.getName().toLowerCase(Locale.ROOT).endsWith("parameter")
                && !method.getModifiers().contains(JavaModifier.ABSTRACT)
                && !method.getModifiers().contains(JavaModifier.STATIC)
                && !method.getModifiers().contains(JavaModifier.PRIVATE)
                && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !method.getName().startsWith("lambda$");
    }

    private static boolean isImplemented(JavaClass type, JavaMethod method) {
        return type.getAllMethods().stream()
                .anyMatch(each -> !each.getOwner().isInterface()
                        && each.getName().equals(method.getName())
                        && each.getRawParameterTypes().equals(method.getRawParameterTypes()));
    }
}
