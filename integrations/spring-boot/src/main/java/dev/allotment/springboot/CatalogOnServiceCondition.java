// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
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

    /**
     * Returns the URL of such a bean, which may belong to something else than the catalog.
     *
     * @throws SaasException {@code setting.invalid} if it is not a URL of PostgreSQL
     */
    public static String checked(String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "The catalog is to be on PostgreSQL, but the JdbcConnectionDetails of the application context are"
                            + " for another database. Set allotment.settings.url to the JDBC URL of the catalog.");
        }
        return url;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        boolean matches = "postgres".equals(environment.getProperty("allotment.backend"))
                && !environment.containsProperty("allotment.settings.url")
                && !environment.containsProperty("spring.datasource.url")
                && !environment.containsProperty("spring.datasource.jndi-name");
        return new ConditionOutcome(
                matches,
                "allotment.backend=postgres without allotment.settings.url, spring.datasource.url and"
                        + " spring.datasource.jndi-name");
    }
}
