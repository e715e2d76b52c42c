// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.tenant.TenantContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.header.HeaderWriterFilter;

/**
 * Authenticates the member of the tenant in a chain of Spring Security, if the tenants' filter has admitted the
 * request. The chain decides what the member may do. Nothing is read from a session then, nor written to one.
 */
final class TenantSecurity extends AbstractHttpConfigurer<TenantSecurity, HttpSecurity> {
    private final AuthenticationConverter converter;

    TenantSecurity(AuthenticationConverter converter) {
        this.converter = converter;
    }

    /** The tenants' filter has refused requests that change something and come from a page of another site. */
    @Override
    @SuppressWarnings("unchecked") // The class of a generic type has no parameters.
    public void init(HttpSecurity http) {
        var csrf = http.getConfigurer(CsrfConfigurer.class);
        if (csrf != null) {
            csrf.ignoringRequestMatchers(request -> TenantContext.find(request).isPresent());
        }
    }

    @Override
    public void configure(HttpSecurity http) {
        // The security context has been loaded before, and nothing has used it yet.
        http.addFilterBefore(new MemberFilter(converter, getSecurityContextHolderStrategy()), HeaderWriterFilter.class);
    }

    /** Replaces the security context of the session, which may belong to another host. */
    private record MemberFilter(AuthenticationConverter converter, SecurityContextHolderStrategy contexts)
            implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (request instanceof HttpServletRequest http
                    && TenantContext.find(request).isPresent()) {
                SecurityContext context = contexts.createEmptyContext();
                Authentication member = converter.convert(http);
                if (member != null) {
                    context.setAuthentication(member);
                }
                contexts.setContext(context);
            }
            chain.doFilter(request, response);
        }
    }
}
