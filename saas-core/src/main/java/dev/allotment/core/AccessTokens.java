// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.MemberId;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;

/** The access tokens in the catalog. */
final class AccessTokens {
    static final Duration LIFE = Duration.ofHours(1);

    private AccessTokens() {}

    static AccessToken insert(ControlPlane plane, Transaction tx, String secret, TenantId tenant, MemberId member) {
        return tx.records(RecordTypes.ACCESS_TOKENS)
                .insert(new AccessToken(
                        0, Secrets.hash(secret), tenant, member, plane.now().plus(LIFE)));
    }
}
