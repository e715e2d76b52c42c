// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.access.Member;
import dev.allotment.tenant.TenantContext;
import java.util.stream.Stream;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Transient;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * That a member of a tenant has signed in. It is valid for one request: Spring Security stores nothing in a session
 * that is transient, so it cannot get to the host of another tenant.
 */
@Transient
final class MemberAuthentication extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    private final transient SignedInMember principal;

    MemberAuthentication(TenantContext context, Member member) {
        super(context.groups().stream()
                .flatMap(group -> Stream.of(group, "ROLE_" + group))
                .map(SimpleGrantedAuthority::new)
                .toList());
        principal = new SignedInMember(context.tenant(), member);
        setAuthenticated(true);
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public SignedInMember getPrincipal() {
        return principal;
    }
}
