// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page of an identity provider.
 *
 * @param list the path of the list
 * @param callback the address to be registered at the provider
 * @param signIn the address at which people sign in with it
 * @param roles with which new people can get an account; none for everyone's providers
 */
public record ProviderView(
        String list, long id, boolean forEveryone, String callback, String signIn, List<RoleChoice> roles, Form form) {
    public ProviderView {
        roles = List.copyOf(roles);
    }

    /** Returns the path of the page. */
    public String path() {
        return list + "/" + id;
    }
}
