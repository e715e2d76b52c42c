// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Saas;
import dev.allotment.portal.PortalFilter;
import dev.allotment.portal.PortalServlet;
import dev.allotment.portal.mail.PortalMail;
import dev.allotment.servlet.SaasServlet;
import dev.allotment.tenant.TenantDataSources;
import dev.allotment.tenant.TenantFilter;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/**
 * What is served: the protocols, the portal at its host, and the application at the hosts of tenants. Each of them only
 * if its module is on the class path.
 */
@AutoConfiguration(after = AllotmentDataSourceAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({SaasServlet.class, ServletRegistrationBean.class})
public final class AllotmentWebAutoConfiguration {
    /** Before the filters of Spring Security, which run at -100. */
    private static final int TENANT_ORDER = -120;

    private static final int PORTAL_ORDER = TENANT_ORDER + 1;

    AllotmentWebAutoConfiguration() {}

    private static void set(@Nullable String value, Consumer<String> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = "allotment.web.protocols.enabled", matchIfMissing = true)
    SaasServlet allotmentProtocols(Saas saas, AllotmentProperties properties, BackgroundThreads threads) {
        return AllotmentProperties.valid(
                "allotment.trusted-proxies",
                () -> SaasServlet.builder()
                        .foundProtocols(saas)
                        .progress(threads.pages())
                        .trustedProxies(properties.trustedProxies())
                        .build());
    }

    @Bean
    ServletRegistrationBean<SaasServlet> allotmentProtocolsRegistration(ObjectProvider<SaasServlet> servlets) {
        SaasServlet servlet =
                servlets.getIfAvailable(() -> SaasServlet.builder().build());
        ServletRegistrationBean<SaasServlet> registration =
                new ServletRegistrationBean<>(servlet, servlet.urlPatterns().toArray(String[]::new));
        registration.setEnabled(!servlet.urlPatterns().isEmpty());
        return registration;
    }

    /** A graceful stop of the web server would wait for streams of progress. */
    @Bean
    ApplicationListener<ContextClosedEvent> allotmentProtocolStreams(
            ApplicationContext own, ObjectProvider<SaasServlet> servlets) {
        return closing(own, () -> servlets.forEach(SaasServlet::endStreams));
    }

    /** Acts when a context closes, but not when a child of it does, whose events it gets too. */
    private static ApplicationListener<ContextClosedEvent> closing(ApplicationContext own, Runnable action) {
        return event -> {
            if (event.getApplicationContext() == own) {
                action.run();
            }
        };
    }

    /** The portal at its host. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(PortalServlet.class)
    @ConditionalOnProperty(name = "allotment.web.portal.enabled", matchIfMissing = true)
    static class Portal {
        @Bean
        @ConditionalOnMissingBean
        PortalServlet allotmentPortal(
                Saas saas,
                AllotmentProperties properties,
                BackgroundThreads threads,
                ObjectProvider<PortalMail> mail,
                ObjectProvider<Clock> clock) {
            PortalServlet.Builder builder = PortalServlet.builder(saas).progress(threads.pages());
            AllotmentProperties.valid(
                    "allotment.trusted-proxies", () -> builder.trustedProxies(properties.trustedProxies()));
            mail.ifAvailable(each -> builder.mail(each, threads.emails()));
            clock.ifUnique(builder::clock);
            return builder.build();
        }

        /** Keeps the servlet itself, which is a bean, from being mapped. */
        @Bean
        ServletRegistrationBean<PortalServlet> allotmentPortalServletRegistration(PortalServlet portal) {
            ServletRegistrationBean<PortalServlet> registration = new ServletRegistrationBean<>(portal);
            registration.setEnabled(false);
            return registration;
        }

        @Bean
        FilterRegistrationBean<PortalFilter> allotmentPortalRegistration(PortalServlet portal) {
            FilterRegistrationBean<PortalFilter> registration = new FilterRegistrationBean<>(PortalFilter.of(portal));
            registration.setName("allotmentPortal");
            registration.setOrder(PORTAL_ORDER);
            registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
            return registration;
        }

        /** A graceful stop of the web server would wait for open pages. */
        @Bean
        ApplicationListener<ContextClosedEvent> allotmentPortalStreams(ApplicationContext own, PortalServlet portal) {
            return closing(own, portal::endStreams);
        }
    }

    /** The application at the hosts of tenants. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TenantFilter.class)
    @ConditionalOnProperty(name = "allotment.web.tenants.enabled", matchIfMissing = true)
    static class Tenants {
        @Bean
        @ConditionalOnMissingBean
        TenantFilter allotmentTenantFilter(
                Saas saas,
                AllotmentProperties properties,
                TenantDataSources sources,
                ObjectProvider<SaasServlet> protocols) {
            TenantFilter.Builder builder = TenantFilter.builder(saas).dataSources(sources);
            protocols.ifAvailable(servlet -> builder.bypass(servlet.urlPatterns()));
            AllotmentProperties.valid(
                    "allotment.trusted-proxies", () -> builder.trustedProxies(properties.trustedProxies()));
            return AllotmentProperties.valid(
                    "allotment.web.tenants",
                    () -> with(properties.web().tenants(), builder).build());
        }

        private static TenantFilter.Builder with(AllotmentProperties.Tenants settings, TenantFilter.Builder builder) {
            builder.allowAnonymous(settings.allowAnonymous().toArray(String[]::new))
                    .bypass(settings.bypass())
                    .hostCacheTtl(settings.hostCacheTtl())
                    .sessionCacheTtl(settings.sessionCacheTtl());
            set(settings.pathPrefix(), builder::pathPrefix);
            set(settings.signInPath(), path -> builder.signInLink(settings.signInLabel(), path));
            return settings.passOnUnknownHosts() ? builder.passOnUnknownHosts() : builder;
        }

        @Bean
        FilterRegistrationBean<TenantFilter> allotmentTenantFilterRegistration(TenantFilter filter) {
            FilterRegistrationBean<TenantFilter> registration = new FilterRegistrationBean<>(filter);
            registration.setName("allotmentTenants");
            registration.setOrder(TENANT_ORDER);
            registration.setDispatcherTypes(
                    EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
            return registration;
        }
    }
}
