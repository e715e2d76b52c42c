// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** Says who has signed in to whoever asks in the servlet's own way. */
final class SignedInRequest extends HttpServletRequestWrapper {
    private final SignedIn signedIn;

    SignedInRequest(HttpServletRequest request, SignedIn signedIn) {
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

    /** By the XML ids of groups. */
    @Override
    public boolean isUserInRole(String role) {
        return signedIn.groups().contains(role);
    }
}
