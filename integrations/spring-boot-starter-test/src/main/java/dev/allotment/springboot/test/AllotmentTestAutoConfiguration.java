// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import dev.allotment.Saas;
import dev.allotment.springboot.AllotmentAutoConfiguration;
import dev.allotment.springboot.SaasBuilderCustomizer;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.testing.SettableClock;
import jakarta.servlet.Filter;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.context.WebApplicationContext;

/** What {@link AutoConfigureAllotment} adds to the application. */
@AutoConfiguration(before = AllotmentAutoConfiguration.class)
public final class AllotmentTestAutoConfiguration {
    AllotmentTestAutoConfiguration() {}

    /** Starts at the present time, since applications compare with other clocks. */
    @Bean
    @Primary
    @ConditionalOnMissingBean
    SettableClock allotmentTestClock() {
        return SettableClock.at(Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS));
    }

    /** The first customizer, so that those of the tests have the last word. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    SaasBuilderCustomizer allotmentTestSettings() {
        return builder ->
                builder.passwordIterations(1).failedSignIns(0, 0).signUps(0).nameRetention(Duration.ZERO);
    }

    /** The last customizer, since one of the application may set the backend of production. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnProperty(AllotmentContextCustomizerFactory.BACKEND)
    SaasBuilderCustomizer allotmentTestBackend(
            @Value("${" + AllotmentContextCustomizerFactory.BACKEND + "}") String backend) {
        // Without the settings that the application has for another backend.
        Map<String, String> settings =
                backend.equals(AllotmentContextCustomizerFactory.H2) ? Map.of("memory", "true") : Map.of();
        return builder -> builder.backend(backend, settings);
    }

    /** Requests of {@code MockMvc}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({Filter.class, WebApplicationContext.class})
    static class Requests {
        @Bean
        static TenantRequests allotmentTenantRequests(
                ObjectProvider<Saas> saas, ObjectProvider<CurrentTenant> current) {
            return new TenantRequests(saas, current);
        }
    }
}
