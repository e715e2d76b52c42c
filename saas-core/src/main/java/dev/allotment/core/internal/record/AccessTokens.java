// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.TenantId;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;

/** Stores the access tokens in the catalog. */
public final class AccessTokens {
    public static final Duration LIFE = Duration.ofHours(1);

    private AccessTokens() {}

    public static void add(Transaction tx, Instant now, String secret, TenantId tenant, MemberId member) {
        tx.records(RecordTypes.ACCESS_TOKENS)
                .add(new AccessToken(0, Secrets.hash(secret), tenant, member, now.plus(LIFE)));
    }
}
