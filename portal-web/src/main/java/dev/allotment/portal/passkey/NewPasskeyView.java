// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.passkey;

import dev.allotment.access.Passkeys;
import dev.allotment.portal.web.Form;
import java.util.stream.Collectors;

/**
 * The content of the page on which a browser makes a passkey.
 *
 * @param excluded the credentials that the user has, with spaces between them
 * @param algorithms that are offered, with spaces between them
 */
public record NewPasskeyView(Form form, Passkeys.Creation creation, String excluded, String algorithms) {
    static NewPasskeyView of(Form form, Passkeys.Creation creation) {
        return new NewPasskeyView(
                form,
                creation,
                String.join(" ", creation.excluded()),
                Passkeys.ALGORITHMS.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
}
