// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.spi.backend.Transaction;

/**
 * The secret key with which the keys of backups are encrypted again: the first one of the process in which an
 * administrator last started this. The catalog has a text that this secret key has encrypted, which reveals nothing of
 * it. A process with another first one leaves the keys alone: the operator has not changed its configuration yet, or
 * not back yet. Otherwise, two such processes would undo each other's work forever. Thread-safe.
 */
public final class ChosenSecret {
    private static final String PURPOSE = "secret key of the backups";

    private final CoreContext context;
    private final SecretCipher cipher;

    ChosenSecret(CoreContext context, SecretCipher cipher) {
        this.context = context;
        this.cipher = cipher;
    }

    /** Chooses the first secret key of this process. Only called with one. */
    public void choose() {
        String sealed = cipher.encrypt(PURPOSE, "");
        context.work().orAgain(tx -> {
            if (!isFirst(tx)) {
                ParameterRows.set(tx, MainParameters.BACKUP_SECRET, sealed, true);
            }
            return true;
        });
    }

    /** Whether it is the first one of this process; false if none was chosen. */
    public boolean isFirst() {
        return context.catalog().<Boolean>transact(this::isFirst);
    }

    public boolean isFirst(Transaction tx) {
        return cipher.hasKey()
                && ParameterRows.find(tx, MainParameters.BACKUP_SECRET)
                        .filter(stored -> cipher.isCurrent(PURPOSE, stored.value()))
                        .isPresent();
    }
}
