// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.servlet.SaasServlet;
import dev.allotment.tenant.TenantContext;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Spring Security: members of tenants are authenticated in each of its chains, and the protocols, which check their
 * callers, are left out of them. It comes last, since Spring Boot adds its chains only if there is no other.
 */
@AutoConfiguration(after = AllotmentWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({HttpSecurity.class, SecurityFilterChain.class, TenantContext.class})
@ConditionalOnProperty(name = "allotment.web.security.enabled", matchIfMissing = true)
public final class AllotmentSecurityAutoConfiguration {
    private static final String CONVERTER = "tenantAuthenticationConverter";

    AllotmentSecurityAutoConfiguration() {}

    /** Returns null if no member has signed in. */
    @Bean(CONVERTER)
    @ConditionalOnMissingBean(name = CONVERTER)
    AuthenticationConverter tenantAuthenticationConverter() {
        return request -> TenantContext.find(request)
                .flatMap(context -> context.member().map(member -> new MemberAuthentication(context, member)))
                .orElse(null);
    }

    /** Adds the members to each chain that the application or Spring Boot builds. */
    @Bean
    static BeanPostProcessor allotmentTenantSecurity(
            @Qualifier(CONVERTER) ObjectProvider<AuthenticationConverter> converter) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof HttpSecurity http) {
                    add(
                            http,
                            new TenantSecurity(request -> converter.getObject().convert(request)));
                }
                return bean;
            }
        };
    }

    private static void add(HttpSecurity http, TenantSecurity members) {
        try {
            http.with(members, Customizer.withDefaults());
        } catch (Exception e) {
            // Spring Security 6 declares one.
            throw new IllegalStateException(e);
        }
    }

    /** Compares servlets, not paths, so no request to another servlet matches. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnBean(name = "allotmentProtocolsRegistration")
    @ConditionalOnMissingBean(name = "allotmentProtocolsSecurity")
    SecurityFilterChain allotmentProtocolsSecurity(
            ServletRegistrationBean<SaasServlet> allotmentProtocolsRegistration) {
        String servlet = allotmentProtocolsRegistration.getServletName();
        return new DefaultSecurityFilterChain(
                request -> servlet.equals(request.getHttpServletMapping().getServletName()), List.of());
    }
}
