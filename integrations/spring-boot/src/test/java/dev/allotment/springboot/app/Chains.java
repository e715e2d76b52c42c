// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * The rules of an application that uses Spring Security: its operators sign in at 127.0.0.1, and the members of tenants
 * elsewhere. Both chains store what they can in sessions.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@EnableMethodSecurity
class Chains {
    @Bean
    UserDetailsService operators() {
        return new InMemoryUserDetailsManager(User.withUsername("operator")
                .password("{noop}secret")
                .roles("OPERATOR")
                .build());
    }

    @Bean
    @Order(1)
    SecurityFilterChain forOperators(HttpSecurity http) throws Exception {
        return storing(http)
                .securityMatcher(request -> request.getServerName().equals("127.0.0.1"))
                .authorizeHttpRequests(rules -> rules.requestMatchers("/actuator/health")
                        .permitAll()
                        .anyRequest()
                        .hasRole("OPERATOR"))
                .httpBasic(Customizer.withDefaults())
                .build();
    }

    @Bean
    SecurityFilterChain forMembers(HttpSecurity http) throws Exception {
        return storing(http)
                .authorizeHttpRequests(rules -> rules.requestMatchers("/system")
                        .hasRole("base.group_system")
                        .requestMatchers("/open")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .build();
    }

    private static HttpSecurity storing(HttpSecurity http) throws Exception {
        return http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.ALWAYS)
                .requireExplicitAuthenticationStrategy(false));
    }
}
