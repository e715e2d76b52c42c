// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The modules of the project, by the packages they own. */
enum Module {
    API(State.FILLED, "dev.allotment", "dev.allotment.spi"),
    CORE(State.FILLED, "dev.allotment.core.."),
    TCK(State.FILLED, "dev.allotment.tck.."),
    BACKEND_JDBC(State.FILLED, "dev.allotment.jdbc.."),
    BACKEND_H2(State.FILLED, "dev.allotment.h2.."),
    BACKEND_POSTGRES(State.FILLED, "dev.allotment.postgres.."),
    PROTOCOL_ODOO(State.FILLED, "dev.allotment.odoo.."),
    PROTOCOL_XMLRPC(State.FILLED, "dev.allotment.xmlrpc.."),
    PROTOCOL_JSONRPC(State.FILLED, "dev.allotment.jsonrpc.."),
    MAIL(State.FILLED, "dev.allotment.mail.."),
    SERVLET(State.FILLED, "dev.allotment.servlet.."),
    PORTAL_WEB(State.FILLED, "dev.allotment.portal.."),
    TENANT_WEB(State.FILLED, "dev.allotment.tenant.."),
    SERVER(State.FILLED, "dev.allotment.server.."),
    EXAMPLE_EMBEDDING(State.FILLED, "dev.allotment.examples.embedding.."),
    EXAMPLE_FILE_BACKEND(State.FILLED, "dev.allotment.examples.filebackend.."),
    EXAMPLE_LIFE(State.FILLED, "dev.allotment.examples.life.."),
    EXAMPLE_SHOP(State.FILLED, "dev.allotment.examples.shop..");

    /** Whether a module has code. Rules about a module without code would hold for no reason. */
    enum State {
        SKELETON,
        FILLED
    }

    /** Every class of the project that is not a test. */
    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.allotment")
            .that(not(simpleName("package-info")));

    private final State state;

    private final DescribedPredicate<JavaClass> membership;

    Module(State state, String... packages) {
        this.state = state;
        this.membership = resideInAnyPackage(packages);
    }

    State state() {
        return state;
    }

    boolean owns(JavaClass type) {
        return membership.test(type);
    }

    JavaClasses classes() {
        return ALL.that(membership);
    }

    /** A host puts the pieces together, so it sees the core; nothing else does. */
    boolean isHost() {
        return this == SERVER || this == EXAMPLE_EMBEDDING || this == EXAMPLE_LIFE || this == EXAMPLE_SHOP;
    }

    /** Programs talk to whoever runs them. */
    boolean mayPrint() {
        return isHost() || this == EXAMPLE_FILE_BACKEND;
    }
}
