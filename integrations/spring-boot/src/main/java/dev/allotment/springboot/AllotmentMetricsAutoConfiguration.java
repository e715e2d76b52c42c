// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Saas;
import dev.allotment.micrometer.SaasMetrics;
import dev.allotment.tenant.TenantDataSources;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Metrics of the control plane, and of the connections to tenants. */
@AutoConfiguration(after = AllotmentDataSourceAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
public final class AllotmentMetricsAutoConfiguration {
    AllotmentMetricsAutoConfiguration() {}

    /** What the catalog and this process know. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SaasMetrics.class)
    static class ControlPlane {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        SaasMetrics allotmentMetrics(Saas saas, ObjectProvider<Clock> clock) {
            return new SaasMetrics(saas, clock.getIfUnique(Clock::systemUTC));
        }
    }

    /** Connections to tenants. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TenantDataSources.class)
    static class Connections {
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
}
