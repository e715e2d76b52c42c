// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.springboot.SaasBuilderCustomizer;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextManager;

/** Without auto-configuration of the application: what a test of rules needs. */
@SpringBootTest(
        classes = {RulesTest.Rules.class, RulesTest.Production.class},
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {"logging.level.root=error", "spring.main.banner-mode=off"})
@AutoConfigureAllotment
class RulesTest {
    @Configuration(proxyBeanMethods = false)
    static class Rules {
        @Bean
        ApplicationRunner start(Saas saas) {
            return arguments -> {
                saas.tenants()
                        .create(CreateTenant.outsidePlans("standing", new CreateTenant.Administrator("boss", "secret"))
                                .build());
                Plan plan = saas.plans()
                        .create(Plan.builder("Monthly")
                                .blockOnExpiration(true)
                                .graceDays(3)
                                .build());
                saas.templates().build(plan.id(), List.of());
            };
        }
    }

    /** As an application that sets its backend in code, and not by properties. */
    @Configuration(proxyBeanMethods = false)
    static class Production {
        @Bean
        SaasBuilderCustomizer production() {
            return builder -> builder.backend("postgres", Map.of("url", "jdbc:postgresql://nowhere/portal"));
        }
    }

    @Autowired
    private CurrentTenant current;

    @Autowired
    private Saas saas;

    @Autowired
    private SettableClock clock;

    @RepeatedTest(2)
    @WithTenant("standing")
    void aTenantOfTheApplicationIsKept() {
        assertThat(current.get().id().value()).isEqualTo(1);
        assertThat(saas.tenants().get(current.get().id()).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    @WithTenant("acme")
    void timePassesWhenTheTestSaysSo() {
        Tenant tenant = current.get();
        saas.tenants().extend(tenant.id(), clock.instant().plus(Duration.ofDays(30)), "paid");
        clock.advance(Duration.ofDays(32));
        saas.maintenance().run();
        assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        clock.advance(Duration.ofDays(2));
        saas.maintenance().run();
        assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
    }

    @Test
    void noTenantIsCurrentWithoutTheAnnotation() {
        assertThat(current.find()).isEmpty();
    }

    @SpringBootTest(classes = Bare.Nothing.class, properties = "spring.main.banner-mode=off")
    static class Bare {
        @Configuration(proxyBeanMethods = false)
        static class Nothing {}

        @WithTenant("acme")
        void test() {}
    }

    @Test
    void usesTheMemoryBackendIfTheApplicationHasNoOther() {
        ContextCustomizer customizer = Objects.requireNonNull(
                new AllotmentContextCustomizerFactory().createContextCustomizer(RulesTest.class, List.of()));
        GenericApplicationContext context = new GenericApplicationContext();
        context.setClassLoader(new FilteredClassLoader("dev.allotment.h2"));
        customizer.customizeContext(context, new MergedContextConfiguration(RulesTest.class, null, null, null, null));
        assertThat(context.getEnvironment().getProperty("allotment.backend")).isEqualTo("memory");
        assertThat(customizer)
                .as("the key of cached contexts")
                .isEqualTo(new AllotmentContextCustomizerFactory()
                        .createContextCustomizer(WebApplicationTest.class, List.of()));
    }

    @Test
    void saysWhatToDoWithoutAControlPlane() throws Exception {
        TestContextManager manager = new TestContextManager(Bare.class);
        assertThatThrownBy(() -> manager.beforeTestMethod(new Bare(), Bare.class.getDeclaredMethod("test")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Add @AutoConfigureAllotment");
    }
}
