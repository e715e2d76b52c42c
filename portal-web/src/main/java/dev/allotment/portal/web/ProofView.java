// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.identity.ProviderSignIns;
import java.util.List;

/**
 * The content of the page on which a user confirms who it is.
 *
 * @param action the path of the form that the user has sent
 * @param fields of that form
 * @param factor whether a code is requested instead of the password
 * @param identities with which the user can prove it as well
 */
public record ProofView(
        Form form,
        String action,
        List<Field> fields,
        boolean factor,
        String login,
        List<ProviderSignIns.Identity> identities) {
    public ProofView {
        identities = List.copyOf(identities);
        fields = List.copyOf(fields);
    }

    /** A field with its value, which is never printed. */
    public record Field(String name, String value) {
        @Override
        public String toString() {
            return "Field[name=" + name + "]";
        }
    }
}
