// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.ApiKeyHolder;
import dev.allotment.ApiKeys;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the holder of the API key of a call. */
public final class KeyHolders {
    private KeyHolders() {}

    /**
     * Returns the holder. Empty if the key is wrong for any reason.
     *
     * @throws OdooFault TOO_MANY if the caller sent too many wrong keys and has to wait
     */
    public static Optional<ApiKeyHolder> find(ApiKeys keys, String key, @Nullable String clientAddress) {
        try {
            return keys.authenticate(key, clientAddress);
        } catch (SaasException error) {
            if (error.code().equals(ErrorCodes.ACCESS_BUSY)) {
                throw new OdooFault(OdooFault.Kind.TOO_MANY, "Too many wrong API keys. Please try again later.");
            }
            throw error;
        }
    }
}
