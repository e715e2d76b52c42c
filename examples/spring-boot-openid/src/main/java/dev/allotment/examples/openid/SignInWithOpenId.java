// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.openid;

import dev.allotment.Saas;
import dev.allotment.access.Member;
import dev.allotment.access.Members;
import dev.allotment.tenant.TenantContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.NullSecurityContextRepository;

/** Members sign in with OpenID Connect, and may do everything in their tenant then. */
@Configuration(proxyBeanMethods = false)
class SignInWithOpenId {
    private final Saas saas;

    SignInWithOpenId(Saas saas) {
        this.saas = saas;
    }

    /** Does not store the person in a session of Spring Security, which would be valid at hosts without a tenant. */
    @Bean
    @Order(1)
    SecurityFilterChain signIn(HttpSecurity http) throws Exception {
        return http.securityMatcher("/oauth2/authorization/*", "/login/oauth2/code/*")
                .authorizeHttpRequests(rules -> rules.anyRequest().permitAll())
                .securityContext(contexts -> contexts.securityContextRepository(new NullSecurityContextRepository()))
                .oauth2Login(login -> login.successHandler(this::enter)
                        .failureHandler((request, response, failure) -> response.sendError(403)))
                .build();
    }

    @Bean
    SecurityFilterChain members(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(rules -> rules.anyRequest().authenticated())
                .build();
    }

    private void enter(HttpServletRequest request, HttpServletResponse response, Authentication person)
            throws IOException {
        Optional<TenantContext> tenant = TenantContext.find(request);
        Optional<Member> member = tenant.flatMap(each -> member(each, person));
        if (tenant.isPresent() && member.isPresent()) {
            tenant.get().signIn(member.get().id());
            response.sendRedirect(tenant.get().path("/"));
        } else {
            response.sendError(403);
        }
    }

    /** Returns the active member whose login is the email address of a person, if the provider has verified it. */
    private Optional<Member> member(TenantContext tenant, Authentication person) {
        Members members = saas.database(tenant.tenant().name()).members();
        return person.getPrincipal() instanceof OidcUser user && Boolean.TRUE.equals(user.getEmailVerified())
                ? Optional.ofNullable(user.getEmail())
                        .flatMap(members::findByLogin)
                        .filter(Member::active)
                : Optional.empty();
    }
}
