// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.ApiKeyHolder;
import dev.allotment.ApiKeyScope;
import dev.allotment.DatabaseRecords;
import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.MemberIdentity;
import dev.allotment.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.ModelUser;
import dev.allotment.odoo.internal.model.Models;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.OdooDatabase;
import dev.allotment.odoo.internal.model.OdooUser;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.ApiKeyModel;
import dev.allotment.odoo.internal.shared.ApiKeyWizard;
import dev.allotment.odoo.internal.shared.ExternalIds;
import dev.allotment.odoo.internal.shared.FixedModels;
import dev.allotment.odoo.internal.shared.ModelDataModel;
import dev.allotment.odoo.internal.shared.ParameterModel;
import dev.allotment.odoo.internal.shared.UserKeys;
import dev.allotment.odoo.internal.value.OdooIdentity;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One tenant database, with its members and add-ons. */
public final class TenantOdooDatabase implements OdooDatabase {
    private final TenantDatabase database;
    private final Models<TenantDatabase> models;

    public TenantOdooDatabase(TenantDatabase database, Models<TenantDatabase> models) {
        this.database = database;
        this.models = models;
    }

    /**
     * Creates the models, which are the same for every tenant database.
     *
     * @param portal returns the base URL of the portal
     */
    public static Models<TenantDatabase> models(Supplier<String> portal, Clock clock) {
        Models<TenantDatabase> models =
                new Models<>(database -> database.parameters().count(Filter.none()));
        ExternalIds<TenantDatabase> externalIds = new ExternalIds<>(
                TenantDatabase::groups,
                TenantDatabase::parameters,
                Map.of(
                        "base.lang_en", "res.lang,1",
                        "base.user_admin", MemberModel.NAME + "," + Member.ADMINISTRATOR,
                        "saas_server.saas_oauth_provider", OAuthProviderModel.NAME + ",1"),
                model -> models.has(model, "read"));
        ApiKeyWizard<TenantDatabase> wizard = new ApiKeyWizard<>(
                TenantDatabase::apiKeys, database -> database.tenant().uuid().toString(), clock);
        return models.add(MemberModel.model())
                .add(MemberPartnerModel.model())
                .add(ApiKeyModel.model(TenantDatabase::apiKeys))
                .add(wizard.description())
                .add(wizard.identityCheck())
                .add(GroupModel.model())
                .add(ModelDataModel.<DatabaseRecords, TenantDatabase>model(
                        externalIds,
                        (database, records, work) -> database.inTransaction(work),
                        DatabaseRecords::parameters))
                .add(ParameterModel.<DatabaseRecords, TenantDatabase>model(
                        StoredModel::inTenantTransaction, DatabaseRecords::parameters))
                .add(AddonModel.model())
                .add(RecordQuotaModel.model())
                .add(OAuthProviderModel.model(portal))
                .add(FixedModels.languages())
                .add(FixedModels.jobs())
                .addList();
    }

    @Override
    public Optional<OdooIdentity> authenticate(String login, String password, @Nullable String clientAddress) {
        boolean throttled = database.members().throttled(login, clientAddress);
        Optional<Member> member = database.members().authenticate(login, password, clientAddress);
        if (throttled && member.isEmpty()) {
            throw OdooFault.accessDenied();
        }
        return member.map(each -> new OdooIdentity(each.id().value(), each.login()));
    }

    @Override
    public OptionalLong authenticateWithKey(String login, String passwordOrKey, @Nullable String clientAddress) {
        return UserKeys.user(
                database.apiKeys(),
                login,
                passwordOrKey,
                clientAddress,
                () -> authenticate(login, passwordOrKey, clientAddress));
    }

    @Override
    public Object call(
            long uid,
            String passwordOrKey,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress) {
        MemberId member = new MemberId(uid);
        OdooCaller<TenantDatabase> caller = UserKeys.caller(
                database.apiKeys(),
                uid,
                passwordOrKey,
                clientAddress,
                holder -> holding(holder, clientAddress),
                () -> database.members()
                        .authenticate(member, passwordOrKey, clientAddress)
                        .map(each -> caller(each.identity(), clientAddress)));
        return models.call(caller, model, method, args, kwargs);
    }

    @Override
    public Object call(
            OdooIdentity user,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress) {
        return models.call(caller(member(user), clientAddress), model, method, args, kwargs);
    }

    @Override
    public OdooUser user(OdooIdentity user, @Nullable String clientAddress) {
        return new ModelUser<>(caller(member(user), clientAddress), models);
    }

    @Override
    public Optional<OdooUser> keyHolder(String key, @Nullable String clientAddress) {
        return database.apiKeys()
                .authenticate(key, clientAddress)
                .map(holder -> new ModelUser<>(holding(holder, clientAddress), models));
    }

    private static MemberIdentity member(OdooIdentity user) {
        return new MemberIdentity(new MemberId(user.uid()), user.login());
    }

    private OdooCaller<TenantDatabase> caller(MemberIdentity member, @Nullable String clientAddress) {
        TenantDatabase view = database.actingAs(member, clientAddress);
        return new OdooCaller<>(member.id().value(), view, database, models, false);
    }

    private OdooCaller<TenantDatabase> holding(ApiKeyHolder holder, @Nullable String clientAddress) {
        boolean readOnly = holder.scope().equals(ApiKeyScope.READ_ONLY);
        return new OdooCaller<>(holder.userId(), database.actingAs(holder, clientAddress), database, models, readOnly);
    }

    @Override
    public Account account(OdooIdentity user) {
        Member member = database.members()
                .find(new MemberId(user.uid()))
                .filter(each -> each.identity().equals(member(user)))
                .orElseThrow(OdooFault::accessDenied);
        boolean administrator = database.members().inGroup(member.id(), Group.SYSTEM);
        return new Account(
                member.login(), member.name(), member.lang(), member.tz(), administrator, null, member.name());
    }
}
