// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.spi.backend.RecordTypes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The password of the database service. One that was changed at run time overrides the setting. */
public final class MasterPassword {
    private static final String SCOPE = "master";
    private static final Place PLACE = new Place(SCOPE, 0);

    private final CoreContext context;
    private final Passwords passwords;
    private final Authenticator<String> masterAuthenticator;
    private final @Nullable String configured;
    private volatile @Nullable String configuredHash;

    /** @param configured null: none is set, and nothing matches until one is */
    public MasterPassword(
            CoreContext context,
            Passwords passwords,
            Authenticator<String> masterAuthenticator,
            @Nullable String configured) {
        this.context = context;
        this.passwords = passwords;
        this.masterAuthenticator = masterAuthenticator;
        this.configured = configured;
    }

    public boolean matches(String password, @Nullable String clientAddress) {
        return masterAuthenticator
                .check(PLACE, 0, password, clientAddress, this::account)
                .isPresent();
    }

    private Optional<Authenticator.Account<String>> account() {
        String stored = context.catalog()
                .transact(tx -> MainParameters.value(tx, MainParameters.MASTER_PASSWORD))
                .orElseGet(this::configuredHash);
        return stored == null
                ? Optional.empty()
                : Optional.of(new Authenticator.Account<>(SCOPE, 0, SCOPE, true, stored));
    }

    /** Hashed on first use, so that a start need not wait for it. */
    private @Nullable String configuredHash() {
        String hash = configuredHash;
        if (hash == null && configured != null) {
            hash = passwords.hash(configured, null);
            configuredHash = hash;
        }
        return hash;
    }

    public void change(String newPassword) {
        String hash = passwords.hash(newPassword, null);
        context.catalog().transact(tx -> {
            ParameterRows.set(tx, MainParameters.MASTER_PASSWORD, hash, true);
            return null;
        });
        masterAuthenticator.forget(PLACE, 0);
    }

    /** Makes the configured one count again; returns whether another one did. */
    public boolean forget() {
        boolean known = context.catalog()
                .transact(tx -> ParameterRows.find(tx, MainParameters.MASTER_PASSWORD)
                        .map(each -> tx.records(RecordTypes.PARAMETERS).delete(each.id()))
                        .orElse(false));
        masterAuthenticator.forget(PLACE, 0);
        return known;
    }
}
