// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if the catalog is on PostgreSQL and no property says where. Then a {@code JdbcConnectionDetails} bean of a
 * container is for the catalog, and not for a data source of the application.
 */
public final class CatalogOnServiceCondition extends SpringBootCondition {
    /** The name of the bean that is made of the {@code JdbcConnectionDetails} of a container. */
    public static final String DETAILS = "allotmentJdbcConnectionDetails";

    /** Creates the condition. */
    public CatalogOnServiceCondition() {}

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        boolean matches = "postgres".equals(environment.getProperty("allotment.backend"))
                && !environment.containsProperty("allotment.settings.url")
                && !environment.containsProperty("spring.datasource.url");
        return new ConditionOutcome(
                matches, "allotment.backend=postgres without allotment.settings.url and spring.datasource.url");
    }
}
