// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.session;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request that reports the signed-in member through the servlet API. */
public final class SignedInRequest extends HttpServletRequestWrapper {
    private final SignedIn signedIn;

    public SignedInRequest(HttpServletRequest request, SignedIn signedIn) {
        super(request);
        this.signedIn = signedIn;
    }

    @Override
    public String getRemoteUser() {
        return signedIn.member().login();
    }

    @Override
    public Principal getUserPrincipal() {
        return this::getRemoteUser;
    }

    /** Roles are the XML ids of groups. */
    @Override
    public boolean isUserInRole(String role) {
        return signedIn.groups().contains(role);
    }
}
