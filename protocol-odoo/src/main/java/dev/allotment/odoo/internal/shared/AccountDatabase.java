// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.ModelUser;
import dev.allotment.odoo.internal.model.Models;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.OdooDatabase;
import dev.allotment.odoo.internal.model.OdooUser;
import dev.allotment.odoo.internal.value.OdooIdentity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A database whose users sign in with a password or an API key.
 *
 * @param <V> the view of the database that has the rights of one user
 */
public abstract class AccountDatabase<V> implements OdooDatabase {
    private final V root;
    private final Models<V> models;

    /** @param root the view that has all rights */
    protected AccountDatabase(V root, Models<V> models) {
        this.root = root;
        this.models = models;
    }

    protected final V root() {
        return root;
    }

    protected abstract ApiKeys apiKeys();

    /** Whether sign-ins are refused at present, because many have failed. */
    protected abstract boolean throttled(String login, @Nullable String clientAddress);

    protected abstract Optional<OdooIdentity> signIn(String login, String password, @Nullable String clientAddress);

    /** The view of a user, if the password is right. */
    protected abstract Optional<V> signIn(long uid, String password, @Nullable String clientAddress);

    /** The view of a user who has signed in. */
    protected abstract V actingAs(OdooIdentity user, @Nullable String clientAddress);

    protected abstract V actingAs(ApiKeyHolder holder, @Nullable String clientAddress);

    @Override
    public final Optional<OdooIdentity> authenticate(String login, String password, @Nullable String clientAddress) {
        boolean throttled = throttled(login, clientAddress);
        Optional<OdooIdentity> user = signIn(login, password, clientAddress);
        if (throttled && user.isEmpty()) {
            throw OdooFault.accessDenied();
        }
        return user;
    }

    @Override
    public final OptionalLong authenticateWithKey(String login, String passwordOrKey, @Nullable String clientAddress) {
        return UserKeys.user(
                apiKeys(),
                login,
                passwordOrKey,
                clientAddress,
                () -> authenticate(login, passwordOrKey, clientAddress));
    }

    @Override
    public final Object call(
            long uid,
            String passwordOrKey,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress) {
        OdooCaller<V> caller = UserKeys.caller(
                apiKeys(),
                uid,
                passwordOrKey,
                clientAddress,
                holder -> holding(holder, clientAddress),
                () -> signIn(uid, passwordOrKey, clientAddress).map(view -> caller(uid, view)));
        return models.call(caller, model, method, args, kwargs);
    }

    @Override
    public final Object call(
            OdooIdentity user,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress) {
        return models.call(caller(user.uid(), actingAs(user, clientAddress)), model, method, args, kwargs);
    }

    @Override
    public final OdooUser user(OdooIdentity user, @Nullable String clientAddress) {
        return new ModelUser<>(caller(user.uid(), actingAs(user, clientAddress)), models);
    }

    @Override
    public final Optional<OdooUser> keyHolder(String key, @Nullable String clientAddress) {
        return apiKeys()
                .authenticate(key, clientAddress)
                .map(holder -> new ModelUser<>(holding(holder, clientAddress), models));
    }

    private OdooCaller<V> caller(long uid, V view) {
        return new OdooCaller<>(uid, view, root, models, false);
    }

    private OdooCaller<V> holding(ApiKeyHolder holder, @Nullable String clientAddress) {
        boolean readOnly = holder.scope().equals(ApiKeyScope.READ_ONLY);
        return new OdooCaller<>(holder.userId(), actingAs(holder, clientAddress), root, models, readOnly);
    }
}
