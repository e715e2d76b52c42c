// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Tenant;
import dev.allotment.access.Member;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * The principal of Spring Security at the host of a tenant.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant of the request
 * @param member the signed-in member of this tenant
 */
public record SignedInMember(Tenant tenant, Member member) implements AuthenticatedPrincipal {
    /** Returns the login. It is unique in this tenant only. */
    @Override
    public String getName() {
        return member.login();
    }

    /** Without what logs should not contain. */
    @Override
    public String toString() {
        return "SignedInMember[tenant=" + tenant.name() + ", member=" + member.id() + "]";
    }
}
