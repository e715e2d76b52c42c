// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.identity.ProviderSignIns;
import dev.allotment.portal.web.Form;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The content of the sign-in page.
 *
 * @param redirect where to go after signing in, a path of this site; empty for the start page of the user
 * @param database the name of the database that the visitor opens by signing in; empty for none
 * @param signUp whether sign-up is open to everyone
 * @param passkeys whether this installation has passkeys
 * @param companies whether customers can have providers
 * @param found the providers of the company of the address that was entered
 * @param providers with which everyone can sign in
 */
public record SignInView(
        Form form,
        String redirect,
        String database,
        boolean signUp,
        boolean passkeys,
        boolean companies,
        List<ProviderSignIns.Choice> found,
        List<ProviderSignIns.Choice> providers) {
    public SignInView {
        found = List.copyOf(found);
        providers = List.copyOf(providers);
    }

    /** Returns the path that redirects to a provider. */
    public String path(ProviderSignIns.Choice provider) {
        return "/web/login/with/" + provider.provider()
                + (redirect.isEmpty() ? "" : "?redirect=" + URLEncoder.encode(redirect, StandardCharsets.UTF_8));
    }
}
