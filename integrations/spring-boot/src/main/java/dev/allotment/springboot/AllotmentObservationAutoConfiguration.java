// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Tenant;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.tenant.TenantContext;
import io.micrometer.common.KeyValue;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.transport.ReceiverContext;
import jakarta.servlet.ServletRequest;
import java.util.Optional;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The tenant in traces, and in what is carried from thread to thread. */
@AutoConfiguration(after = AllotmentDataSourceAutoConfiguration.class)
@ConditionalOnClass(CurrentTenant.class)
@ConditionalOnBean(CurrentTenant.class)
public final class AllotmentObservationAutoConfiguration {
    AllotmentObservationAutoConfiguration() {}

    /** There may be many tenants, so they are in traces only: a metric would get a series for each. */
    private static Observation.Context with(Observation.Context context, Optional<Tenant> tenant) {
        tenant.ifPresent(each -> context.addHighCardinalityKeyValue(KeyValue.of(CurrentTenant.MDC_KEY, each.name())));
        return context;
    }

    /** What a thread does for a tenant. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationFilter.class)
    static class Work {
        @Bean
        @ConditionalOnMissingBean(name = "allotmentTenantObservations")
        ObservationFilter allotmentTenantObservations(CurrentTenant current) {
            return context -> with(context, current.find());
        }
    }

    /** Requests, whose observation ends when the thread no longer works for the tenant. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationFilter.class, ServletRequest.class})
    static class Requests {
        @Bean
        @ConditionalOnMissingBean(name = "allotmentRequestObservations")
        ObservationFilter allotmentRequestObservations() {
            return context -> context instanceof ReceiverContext<?> receiver
                            && receiver.getCarrier() instanceof ServletRequest request
                    ? with(context, TenantContext.find(request).map(TenantContext::tenant))
                    : context;
        }
    }

    /** Context propagation, which is not found by its users, so it is not lazy. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ThreadLocalAccessor.class)
    static class Threads {
        @Bean
        @Lazy(false)
        TenantThreadLocal allotmentTenantThreadLocal(CurrentTenant current) {
            return new TenantThreadLocal(current);
        }
    }
}
