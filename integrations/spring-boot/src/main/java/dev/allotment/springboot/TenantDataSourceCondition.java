// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Conditional;

/**
 * Matches if the application requests the data source of the current tenant, or has configured no other: the tables of
 * a configured one must not be looked for in the databases of tenants.
 */
final class TenantDataSourceCondition extends AnyNestedCondition {
    TenantDataSourceCondition() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty("allotment.datasource.enabled")
    static final class AskedFor {}

    @Conditional(NoOther.class)
    static final class Alone {}

    /** Matches if Spring Boot would connect to no database that the application names. */
    static final class NoOther extends NoneNestedConditions {
        NoOther() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("spring.datasource.url")
        static final class Url {}

        @ConditionalOnProperty("spring.datasource.jndi-name")
        static final class JndiName {}

        @ConditionalOnBean(type = "org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails")
        @ConditionalOnMissingBean(name = CatalogOnServiceCondition.DETAILS)
        static final class Details {}

        @ConditionalOnBean(type = "org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails")
        @ConditionalOnMissingBean(name = CatalogOnServiceCondition.DETAILS)
        static final class DetailsOfSpringBoot3 {}
    }
}
