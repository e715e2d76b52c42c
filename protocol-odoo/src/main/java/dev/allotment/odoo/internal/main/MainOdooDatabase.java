// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.MainRecords;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeys;
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
import org.jspecify.annotations.Nullable;

/** The main database, with accounts, plans and tenants. */
public final class MainOdooDatabase extends AccountDatabase<Saas> {
    public MainOdooDatabase(Saas saas, String serverVersion, Clock clock) {
        super(saas, models(serverVersion, clock));
    }

    private static Models<Saas> models(String serverVersion, Clock clock) {
        StoredModel<Saas, Tenant> clients = ClientModel.model(clock);
        Models<Saas> models = new Models<>(Administrators::require, Administrators::is);
        ExternalIds<Saas> externalIds = new ExternalIds<>(
                MainGroupModel::lookup,
                Saas::parameters,
                Map.of("base.lang_en", "res.lang,1", "base.user_admin", UserModel.NAME + ",2"),
                model -> models.has(model, "read"));
        ApiKeyWizard<Saas> wizard = new ApiKeyWizard<>(Saas::apiKeys, Saas::mainDatabase, clock);
        return models.add(UserModel.model())
                .add(ApiKeyModel.model(Saas::apiKeys))
                .add(wizard.description())
                .add(wizard.identityCheck())
                .add(PartnerModel.model())
                .add(MainGroupModel.model())
                .add(ModelDataModel.<MainRecords, Saas>model(
                        externalIds, StoredModel::together, MainRecords::parameters))
                .add(ParameterModel.<MainRecords, Saas>model(StoredModel::inTransaction, MainRecords::parameters))
                .add(MainAddonModel.model(serverVersion))
                .add(FixedModels.languages())
                .add(FixedModels.jobs())
                .add(ServerModel.model(serverVersion))
                .add(TemplateModel.model())
                .add(PlanModel.model())
                .add(PlanVersionModel.model())
                .add(clients)
                .add(CustomDomainModel.model())
                .add(UsageModel.model())
                .add(OperationModel.model())
                .add(CampaignModel.model())
                .add(EventModel.model())
                .add(ConfigModel.model(clients.table()))
                .addList();
    }

    @Override
    protected ApiKeys apiKeys() {
        return root().apiKeys();
    }

    @Override
    protected boolean throttled(String login, @Nullable String clientAddress) {
        return root().accounts().throttled(login, clientAddress);
    }

    @Override
    protected Optional<OdooIdentity> signIn(String login, String password, @Nullable String clientAddress) {
        return root().accounts()
                .authenticate(login, password, clientAddress)
                .map(each -> new OdooIdentity(each.id().value(), each.login()));
    }

    @Override
    protected Optional<Saas> signIn(long uid, String password, @Nullable String clientAddress) {
        UserId user = new UserId(uid);
        return root().accounts()
                .authenticate(user, password, clientAddress)
                .map(each -> root().actingAs(user, clientAddress));
    }

    @Override
    protected Saas actingAs(OdooIdentity user, @Nullable String clientAddress) {
        UserId id = new UserId(user.uid());
        return user.session() == null
                ? root().actingAs(id, clientAddress)
                : root().actingInSession(id, user.session(), clientAddress);
    }

    @Override
    protected Saas actingAs(ApiKeyHolder holder, @Nullable String clientAddress) {
        return root().actingAs(holder, clientAddress);
    }

    @Override
    public Account account(OdooIdentity identity) {
        User user = actingAs(identity, null).accounts().get(new UserId(identity.uid()));
        return new Account(
                user.login(),
                user.name(),
                user.lang(),
                user.tz(),
                user.role() == Role.ADMINISTRATOR,
                user.customerId().value(),
                root().customers()
                        .find(user.customerId())
                        .map(customer -> customer.name())
                        .orElse(user.name()));
    }
}
