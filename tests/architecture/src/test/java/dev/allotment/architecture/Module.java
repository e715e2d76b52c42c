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
    API(
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
            "dev.allotment.spi.."),
    CORE("dev.allotment.core.."),
    TESTING("dev.allotment.testing.."),
    TCK("dev.allotment.tck.."),
    BACKEND_JDBC("dev.allotment.jdbc.."),
    BACKEND_H2("dev.allotment.h2.."),
    BACKEND_POSTGRES("dev.allotment.postgres.."),
    PROTOCOL_ODOO("dev.allotment.odoo.."),
    PROTOCOL_XMLRPC("dev.allotment.xmlrpc.."),
    PROTOCOL_JSONRPC("dev.allotment.jsonrpc.."),
    PROTOCOL_JSON2("dev.allotment.json2.."),
    PROTOCOL_REST("dev.allotment.rest.."),
    PROTOCOL_PAYMENTS("dev.allotment.payments.."),
    MAIL("dev.allotment.mail.."),
    MICROMETER("dev.allotment.micrometer.."),
    OPENFEATURE("dev.allotment.openfeature.."),
    MIGRATIONS_FLYWAY("dev.allotment.flyway.."),
    MIGRATIONS_LIQUIBASE("dev.allotment.liquibase.."),
    BACKUP_S3("dev.allotment.s3.."),
    OPENID("dev.allotment.openid.."),
    PASSKEYS("dev.allotment.passkeys.."),
    SERVLET("dev.allotment.servlet.."),
    PORTAL_WEB("dev.allotment.portal.."),
    TENANT_WEB("dev.allotment.tenant.."),
    SERVER("dev.allotment.server.."),
    EXAMPLE_EMBEDDING("dev.allotment.examples.embedding.."),
    EXAMPLE_FILE_BACKEND("dev.allotment.examples.filebackend.."),
    EXAMPLE_LIFE("dev.allotment.examples.life.."),
    EXAMPLE_SHOP("dev.allotment.examples.shop..");

    /** Every class of the project that is not a test. */
    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.allotment")
            .that(not(simpleName("package-info")));

    private final DescribedPredicate<JavaClass> membership;

    Module(String... packages) {
        this.membership = resideInAnyPackage(packages);
    }

    boolean owns(JavaClass type) {
        return membership.test(type);
    }

    JavaClasses classes() {
        return ALL.that(membership);
    }

    /** Whether the module is a program that embeds the library. Only those use the core. */
    boolean isHost() {
        return this == SERVER || this == EXAMPLE_EMBEDDING || this == EXAMPLE_LIFE || this == EXAMPLE_SHOP;
    }

    /** Whether the module is a program, which may print. */
    boolean mayPrint() {
        return isHost() || this == EXAMPLE_FILE_BACKEND;
    }
}
