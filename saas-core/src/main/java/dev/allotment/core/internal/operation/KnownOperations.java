// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Finds out whether the catalog knows the operations that changed databases. If not, an older catalog was restored. */
public final class KnownOperations {
    private static final int AT_ONCE = 500;

    private KnownOperations() {}

    public static boolean contains(Transaction tx, FencingToken token) {
        return among(tx, List.of(token)).contains(token.operation());
    }

    /** Returns the identities of those operations that the catalog knows, or has deleted because they were old. */
    public static Set<UUID> among(Transaction tx, Collection<FencingToken> tokens) {
        List<UUID> wanted =
                tokens.stream().map(FencingToken::operation).distinct().toList();
        Set<UUID> known = new HashSet<>();
        for (int i = 0; i < wanted.size(); i += AT_ONCE) {
            List<UUID> some = new ArrayList<>(wanted.subList(i, Math.min(i + AT_ONCE, wanted.size())));
            known.addAll(tx.records(RecordTypes.OPERATIONS)
                    .values(StoredOperation.UUID, Query.where(Filter.in(StoredOperation.UUID, some))));
        }
        List<FencingToken> rest = tokens.stream()
                .filter(each -> !known.contains(each.operation()))
                .toList();
        ForgottenOperations.among(tx, rest).forEach(each -> known.add(each.operation()));
        return known;
    }
}
