// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.User;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.backup.archive.ImportedStream;
import dev.allotment.core.internal.record.AccessTokens;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tenant while it is being created.
 *
 * @param known the tenant as it was reserved, or is stored now; null: not read yet
 * @param account the account of the owner, if it was read already
 * @param token the secret of the owner's sign-in link, which is issued when the database is opened; null: none is
 * @param owner the member that the owner has become
 * @param open whether its application can connect already
 * @param neutralised the neutralisers that a copy went through
 * @param foreign what is imported; null: nothing, or another run has it
 */
public record NewTenant(
        @Nullable StoredTenant known,
        @Nullable User account,
        @Nullable String token,
        @Nullable MemberId owner,
        boolean open,
        String neutralised,
        @Nullable ImportedStream foreign) {
    /** For a run that has only the stored operation. */
    static final NewTenant UNKNOWN = new NewTenant(null, null, null, null, false, "", null);

    static NewTenant reserved(
            StoredTenant tenant, @Nullable User account, @Nullable String token, @Nullable ImportedStream foreign) {
        return new NewTenant(tenant, account, token, null, false, "", foreign);
    }

    boolean isKnown() {
        return known != null;
    }

    StoredTenant tenant() {
        return Objects.requireNonNull(known);
    }

    /** Stores the secret of the owner's sign-in link, if there is one. */
    void storeToken(Transaction tx, Instant now) {
        if (token != null && owner != null) {
            AccessTokens.add(tx, now, token, tenant().id(), owner);
        }
    }

    NewTenant withTenant(StoredTenant tenant) {
        return new NewTenant(tenant, account, token, owner, open, neutralised, foreign);
    }

    NewTenant opened(boolean nowOpen) {
        return new NewTenant(known, account, token, owner, nowOpen, neutralised, foreign);
    }

    NewTenant ownedBy(Optional<MemberId> member) {
        return new NewTenant(known, account, token, member.orElse(null), open, neutralised, foreign);
    }

    NewTenant neutralisedBy(String names) {
        return new NewTenant(known, account, token, owner, open, names, foreign);
    }
}
