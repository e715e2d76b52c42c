// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PreDeletionBackup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hooks that the embedder registered at points of a tenant's life cycle; null if there is none. */
public record EmbedderHooks(
        @Nullable PreDeletionBackup preDeletionBackup,
        @Nullable DomainVerifier domainVerifier,
        List<Neutraliser> neutralisers) {
    public EmbedderHooks {
        neutralisers = List.copyOf(neutralisers);
        Neutralisation.check(neutralisers);
    }
}
