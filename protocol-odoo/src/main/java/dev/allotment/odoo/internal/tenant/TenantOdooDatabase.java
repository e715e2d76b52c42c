// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.Filter;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.DatabaseRecords;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.MemberIdentity;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Models;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.AccountDatabase;
import dev.allotment.odoo.internal.shared.ApiKeyModel;
import dev.allotment.odoo.internal.shared.ApiKeyWizard;
import dev.allotment.odoo.internal.shared.ExternalIds;
import dev.allotment.odoo.internal.shared.FixedModels;
import dev.allotment.odoo.internal.shared.ModelDataModel;
import dev.allotment.odoo.internal.shared.ParameterModel;
import dev.allotment.odoo.internal.value.OdooIdentity;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One tenant database, with its members and add-ons. */
public final class TenantOdooDatabase extends AccountDatabase<TenantDatabase> {
    public TenantOdooDatabase(TenantDatabase database, Models<TenantDatabase> models) {
        super(database, models);
    }

    /**
     * Creates the models, which are the same for every tenant database.
     *
     * @param portal returns the base URL of the portal
     */
    public static Models<TenantDatabase> models(Supplier<String> portal, Clock clock) {
        Models<TenantDatabase> models =
                new Models<>(database -> database.parameters().count(Filter.none()), database -> false);
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
    protected ApiKeys apiKeys() {
        return root().apiKeys();
    }

    @Override
    protected boolean throttled(String login, @Nullable String clientAddress) {
        return root().members().throttled(login, clientAddress);
    }

    @Override
    protected Optional<OdooIdentity> signIn(String login, String password, @Nullable String clientAddress) {
        return root().members()
                .authenticate(login, password, clientAddress)
                .map(each -> new OdooIdentity(each.id().value(), each.login()));
    }

    @Override
    protected Optional<TenantDatabase> signIn(long uid, String password, @Nullable String clientAddress) {
        return root().members()
                .authenticate(new MemberId(uid), password, clientAddress)
                .map(each -> root().actingAs(each.identity(), clientAddress));
    }

    @Override
    protected TenantDatabase actingAs(OdooIdentity user, @Nullable String clientAddress) {
        return root().actingAs(member(user), clientAddress);
    }

    @Override
    protected TenantDatabase actingAs(ApiKeyHolder holder, @Nullable String clientAddress) {
        return root().actingAs(holder, clientAddress);
    }

    private static MemberIdentity member(OdooIdentity user) {
        return new MemberIdentity(new MemberId(user.uid()), user.login());
    }

    @Override
    public Account account(OdooIdentity user) {
        Member member = root().members()
                .find(new MemberId(user.uid()))
                .filter(each -> each.identity().equals(member(user)))
                .orElseThrow(OdooFault::accessDenied);
        boolean administrator = root().members().inGroup(member.id(), Group.SYSTEM);
        return new Account(
                member.login(), member.name(), member.lang(), member.tz(), administrator, null, member.name());
    }
}
