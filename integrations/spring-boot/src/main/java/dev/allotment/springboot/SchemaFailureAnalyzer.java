// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do if Hibernate is set to create or check a schema when the application starts. */
final class SchemaFailureAnalyzer extends AbstractFailureAnalyzer<SchemaWithoutTenantException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SchemaWithoutTenantException cause) {
        return new FailureAnalysis(
                "Hibernate cannot create, change or check a schema when the application starts, because each tenant has"
                        + " its own database.",
                "Remove spring.jpa.hibernate.ddl-auto and other settings that generate the schema. Create the tables of"
                        + " tenants with an add-on below META-INF/allotment/addons.",
                cause);
    }
}
