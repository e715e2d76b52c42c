// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.tenant.TenantDataSources;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Metrics of the connections to tenants. */
@AutoConfiguration(after = AllotmentDataSourceAutoConfiguration.class)
@ConditionalOnClass({MeterBinder.class, TenantDataSources.class})
public final class AllotmentMetricsAutoConfiguration {
    AllotmentMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(TenantDataSources.class)
    @ConditionalOnMissingBean(name = "allotmentConnectionMetrics")
    MeterBinder allotmentConnectionMetrics(TenantDataSources sources) {
        return registry -> {
            Gauge.builder("allotment.tenant.connections.acquired", sources, TenantDataSources::acquiredConnections)
                    .description("Connections to tenants that are in use")
                    .register(registry);
            Gauge.builder("allotment.tenant.connections.reserved", sources, TenantDataSources::reservedConnections)
                    .description("Connections that the open pools of tenants may have")
                    .register(registry);
            Gauge.builder("allotment.tenant.pools", sources, TenantDataSources::openPools)
                    .description("Tenants with an open pool")
                    .register(registry);
        };
    }
}
