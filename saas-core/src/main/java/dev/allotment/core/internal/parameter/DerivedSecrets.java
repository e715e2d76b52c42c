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
 * What follows from one secret of the catalog, so that all nodes know the same without any being stored: the passwords that
 * tenants' applications connect with, which no node has to void for another, and the seals of what is given away to be brought
 * back.
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

    /** Of a text that somebody will bring back; nobody else can make it. */
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
