// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import dev.allotment.Saas;
import dev.allotment.portal.PortalServlet;
import dev.allotment.servlet.SaasServlet;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The application. All its other beans can inject {@link Saas}. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(ControlPlaneSettings.class)
@EnableScheduling
public class SpringBootExample {
    /**
     * Starts the application.
     *
     * @param args settings, such as {@code --allotment.backend=h2 --allotment.settings.path=./data}
     */
    public static void main(String[] args) {
        SpringApplication.run(SpringBootExample.class, args);
    }

    @Bean(destroyMethod = "close")
    Saas saas(ControlPlaneSettings settings) {
        return Saas.builder()
                .backend(settings.backend(), settings.settings())
                .administrator("admin", settings.administratorPassword())
                .open();
    }

    @Bean
    SpringMaintenance upkeep(Saas saas) {
        return new SpringMaintenance(saas);
    }

    /** Serves XML-RPC and JSON-RPC. */
    @Bean
    ServletRegistrationBean<SaasServlet> calls(Saas saas) {
        SaasServlet servlet = SaasServlet.of(saas);
        return new ServletRegistrationBean<>(servlet, servlet.urlPatterns().toArray(String[]::new));
    }

    @Bean
    ServletRegistrationBean<PortalServlet> portal(Saas saas) {
        PortalServlet servlet = PortalServlet.builder(saas).build();
        return new ServletRegistrationBean<>(servlet, servlet.urlPatterns().toArray(String[]::new));
    }
}
