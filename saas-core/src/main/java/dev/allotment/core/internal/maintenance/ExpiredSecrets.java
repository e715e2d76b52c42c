// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/** Removes expired tokens, codes, sessions and API keys. */
public final class ExpiredSecrets {
    private static final int BATCH = 100;

    private final CoreContext context;

    public ExpiredSecrets(CoreContext context) {
        this.context = context;
    }

    /** Returns how many that have expired were removed. */
    int removeAll() {
        return context.catalog().transact(tx -> {
            Query<Object> over = Query.where(Filter.compare(
                            RecordField.named("expiresAt"), Filter.Operator.LESS_OR_EQUAL, context.now()))
                    .orderBy(RecordField.named("expiresAt"))
                    .page(0, BATCH);
            int gone = 0;
            for (RecordType<?> type : List.of(
                    RecordTypes.ACCESS_TOKENS,
                    RecordTypes.AUTHORIZATION_CODES,
                    RecordTypes.PASSWORD_RESETS,
                    RecordTypes.SESSIONS,
                    RecordTypes.API_KEYS)) {
                gone += remove(tx, type, over);
            }
            return gone;
        });
    }

    private static <R extends Record> int remove(Transaction tx, RecordType<R> type, Query<Object> query) {
        List<R> found = tx.records(type).list(query);
        found.forEach(each -> tx.records(type).delete(type.id(each)));
        return found.size();
    }
}
