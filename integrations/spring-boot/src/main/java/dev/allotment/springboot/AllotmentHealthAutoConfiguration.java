// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import java.util.function.Supplier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health endpoint of Spring Boot 4. */
@AutoConfiguration(
        after = AllotmentDataSourceAutoConfiguration.class,
        beforeName = "org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration")
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
public final class AllotmentHealthAutoConfiguration {
    AllotmentHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = {"allotmentHealthIndicator", "allotmentHealthContributor"})
    @ConditionalOnEnabledHealthIndicator("allotment")
    HealthIndicator allotmentHealthIndicator(ControlPlaneHealth health) {
        return indicator(health::controlPlane);
    }

    /** In place of Spring Boot's own, which would connect to a tenant while none is current. */
    @Bean
    @ConditionalOnBean(name = AllotmentDataSourceAutoConfiguration.DATA_SOURCE)
    @ConditionalOnMissingBean(name = {"dbHealthIndicator", "dbHealthContributor"})
    @ConditionalOnEnabledHealthIndicator("db")
    HealthIndicator dbHealthIndicator(ControlPlaneHealth health) {
        return indicator(health::servers);
    }

    private static HealthIndicator indicator(Supplier<ControlPlaneHealth.Result> check) {
        return () -> {
            ControlPlaneHealth.Result result = check.get();
            Health.Builder health = result.up() ? Health.up() : Health.down();
            return health.withDetails(result.details()).build();
        };
    }
}
