// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Removes expired tokens, codes, sessions, challenges and setups of second factors, and old API keys and invitations.
 */
public final class ExpiredSecrets {
    /** How many of each kind one call removes. Each node removes others. */
    private static final int BATCH = 1000;

    /** How long what became of an invitation can be seen. */
    private static final Duration INVITATIONS_KEPT = Duration.ofDays(30);

    private final CoreContext context;

    public ExpiredSecrets(CoreContext context) {
        this.context = context;
    }

    /** Returns how many that have expired were removed. */
    int removeAll() {
        return context.catalog().transact(tx -> {
            Query<Object> over = endedBy(context.now());
            int gone = tx.records(RecordTypes.API_KEYS).deleteFree(endedBy(ApiKeyUseCases.forgottenEnd(context.now())));
            gone += tx.records(RecordTypes.TEAM_INVITATIONS)
                    .deleteFree(endedBy(context.now().minus(INVITATIONS_KEPT)));
            for (RecordType<?> type : List.of(
                    RecordTypes.ACCESS_TOKENS,
                    RecordTypes.AUTHORIZATION_CODES,
                    RecordTypes.PASSWORD_RESETS,
                    RecordTypes.SESSIONS,
                    RecordTypes.SECOND_FACTORS,
                    RecordTypes.USED_CHALLENGES)) {
                gone += tx.records(type).deleteFree(over);
            }
            return gone;
        });
    }

    private static Query<Object> endedBy(Instant end) {
        return Query.where(Filter.compare(RecordField.named("expiresAt"), Filter.Operator.LESS_OR_EQUAL, end))
                .orderBy(RecordField.named("expiresAt"))
                .page(0, BATCH);
    }
}
