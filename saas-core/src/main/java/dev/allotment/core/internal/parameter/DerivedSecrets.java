// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Derives secrets from one secret of the catalog, so that all nodes know them although none is stored: the passwords
 * with which tenants' applications connect, which no node has to replace for another, and the seals of texts that leave
 * the control plane and come back.
 */
public final class DerivedSecrets {
    private final CoreContext context;
    private volatile @Nullable String key;

    public DerivedSecrets(CoreContext context) {
        this.context = context;
    }

    public String password(StoredTenant tenant) {
        return from("application of " + tenant.uuid());
    }

    /** A seal for a text that will come back; only this control plane can make it. */
    public String seal(String kind, String text) {
        return from("seal of " + kind + "\n" + text);
    }

    private String from(String purpose) {
        String known = key;
        if (known == null) {
            known = key();
            key = known;
        }
        return Secrets.derived(known, purpose);
    }

    private String key() {
        String fresh = context.secrets().next();
        try {
            return context.catalog()
                    .transact(tx -> stored(tx).orElseGet(() -> {
                        ParameterRows.set(tx, MainParameters.APPLICATION_KEY, fresh, true);
                        return fresh;
                    }));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                throw e;
            }
            // Another node was first.
            return context.catalog().transact(tx -> stored(tx).orElseThrow(() -> e));
        }
    }

    private static Optional<String> stored(Transaction tx) {
        return MainParameters.value(tx, MainParameters.APPLICATION_KEY);
    }
}
