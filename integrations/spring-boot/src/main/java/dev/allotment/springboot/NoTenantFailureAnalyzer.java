// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do if the application connects to the current tenant while it starts. */
final class NoTenantFailureAnalyzer extends AbstractFailureAnalyzer<SQLNonTransientConnectionException> {
    /** How the message of the data source of the current tenant starts. */
    private static final String NO_TENANT = "This thread works for no tenant.";

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLNonTransientConnectionException cause) {
        String message = cause.getMessage();
        return message == null || !message.startsWith(NO_TENANT)
                ? null
                : new FailureAnalysis(
                        "The application connects to the database of the current tenant while it starts, when there is"
                                + " none.",
                        "Set spring.flyway.enabled=false or spring.liquibase.enabled=false if one of them does, and"
                                + " define a TenantSchema bean, which migrates the database of each tenant. Set"
                                + " spring.sql.init.mode=never if scripts are run. For your own code, call"
                                + " CurrentTenant.runAs, or configure another data source.",
                        cause);
    }
}
