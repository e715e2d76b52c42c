// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;

/**
 * The content of the page of an identity provider.
 *
 * @param list the path of the list
 * @param callback the address to be registered at the provider
 * @param signIn the address at which people sign in with it
 */
public record ProviderView(String list, long id, boolean forEveryone, String callback, String signIn, Form form) {
    /** Returns the path of the page. */
    public String path() {
        return list + "/" + id;
    }
}
