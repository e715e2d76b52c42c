// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PreDeletionBackup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the host does itself at some points of a client database's life; null: nothing. */
record Hooks(
        @Nullable PreDeletionBackup preDeletionBackup,
        @Nullable DomainVerifier domainVerifier,
        List<Neutraliser> neutralisers) {
    Hooks {
        neutralisers = List.copyOf(neutralisers);
        Neutralisation.check(neutralisers);
    }
}
