// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Opens the catalog in the PostgreSQL that Testcontainers or Docker Compose has started. */
@AutoConfiguration(before = AllotmentAutoConfiguration.class)
@ConditionalOnClass(JdbcConnectionDetails.class)
public final class AllotmentJdbcAutoConfiguration {
    AllotmentJdbcAutoConfiguration() {}

    @Bean(CatalogOnServiceCondition.DETAILS)
    @ConditionalOnBean(JdbcConnectionDetails.class)
    @ConditionalOnMissingBean(AllotmentConnectionDetails.class)
    @Conditional(CatalogOnServiceCondition.class)
    AllotmentConnectionDetails allotmentJdbcConnectionDetails(JdbcConnectionDetails jdbc) {
        return AllotmentConnectionDetails.of(
                () -> CatalogOnServiceCondition.checked(jdbc.getJdbcUrl()), jdbc::getUsername, jdbc::getPassword);
    }
}
