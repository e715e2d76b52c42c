// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page of a user's API keys.
 *
 * @param secret of the key that was created just now; empty: none
 * @param administrator whether more scopes and expiries can be chosen
 * @param limited whether keys can be for the customer of the session only, and need no password
 */
public record ApiKeysView(
        List<ApiKeyRow> rows, Form form, String secret, List<Choice> expiries, boolean administrator, boolean limited) {
    /** Copies the lists. */
    public ApiKeysView {
        rows = List.copyOf(rows);
        expiries = List.copyOf(expiries);
    }

    /** One of several values to choose from. */
    public record Choice(String value, String text, boolean chosen) {}

    /** Returns the keys without the secret, which is for the page only. */
    @Override
    public String toString() {
        return "ApiKeysView[rows=" + rows + "]";
    }
}
