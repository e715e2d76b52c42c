// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.ApiKeyHolder;
import dev.allotment.ApiKeyScope;
import dev.allotment.MainRecords;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
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
import org.jspecify.annotations.Nullable;

/** The main database, with accounts, plans and tenants. */
public final class MainOdooDatabase implements OdooDatabase {
    private final Saas saas;
    private final Models<Saas> models;

    public MainOdooDatabase(Saas saas, String serverVersion, Clock clock) {
        this.saas = saas;
        StoredModel<Saas, Tenant> clients = ClientModel.model(clock);
        models = new Models<>(Administrators::require);
        ExternalIds<Saas> externalIds = new ExternalIds<>(
                MainGroupModel::lookup,
                Saas::parameters,
                Map.of("base.lang_en", "res.lang,1", "base.user_admin", UserModel.NAME + ",2"),
                model -> models.has(model, "read"));
        ApiKeyWizard<Saas> wizard = new ApiKeyWizard<>(Saas::apiKeys, Saas::mainDatabase, clock);
        models.add(UserModel.model())
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
                .add(AliasModel.model())
                .add(UsageModel.model())
                .add(OperationModel.model())
                .add(CampaignModel.model())
                .add(EventModel.model())
                .add(ConfigModel.model(clients.table()))
                .addList();
    }

    @Override
    public Optional<OdooIdentity> authenticate(String login, String password, @Nullable String clientAddress) {
        boolean throttled = saas.accounts().throttled(login, clientAddress);
        Optional<User> user = saas.accounts().authenticate(login, password, clientAddress);
        if (throttled && user.isEmpty()) {
            throw OdooFault.accessDenied();
        }
        return user.map(each -> new OdooIdentity(each.id().value(), each.login()));
    }

    @Override
    public OptionalLong authenticateWithKey(String login, String passwordOrKey, @Nullable String clientAddress) {
        return UserKeys.user(
                saas.apiKeys(),
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
        UserId user = new UserId(uid);
        OdooCaller<Saas> caller = UserKeys.caller(
                saas.apiKeys(),
                uid,
                passwordOrKey,
                clientAddress,
                holder -> holding(holder, clientAddress),
                () -> saas.accounts()
                        .authenticate(user, passwordOrKey, clientAddress)
                        .map(each -> caller(uid, clientAddress)));
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
        return models.call(caller(user.uid(), clientAddress), model, method, args, kwargs);
    }

    @Override
    public OdooUser user(OdooIdentity user, @Nullable String clientAddress) {
        return new ModelUser<>(caller(user.uid(), clientAddress), models);
    }

    @Override
    public Optional<OdooUser> keyHolder(String key, @Nullable String clientAddress) {
        return saas.apiKeys()
                .authenticate(key, clientAddress)
                .map(holder -> new ModelUser<>(holding(holder, clientAddress), models));
    }

    private OdooCaller<Saas> caller(long uid, @Nullable String clientAddress) {
        return new OdooCaller<>(uid, saas.actingAs(new UserId(uid), clientAddress), saas, models, false);
    }

    private OdooCaller<Saas> holding(ApiKeyHolder holder, @Nullable String clientAddress) {
        boolean readOnly = holder.scope().equals(ApiKeyScope.READ_ONLY);
        return new OdooCaller<>(holder.userId(), saas.actingAs(holder, clientAddress), saas, models, readOnly);
    }

    @Override
    public Account account(OdooIdentity identity) {
        User user = saas.accounts().get(new UserId(identity.uid()));
        return new Account(
                user.login(),
                user.name(),
                user.lang(),
                user.tz(),
                user.role() == Role.ADMINISTRATOR,
                user.customerId().value(),
                saas.customers()
                        .find(user.customerId())
                        .map(customer -> customer.name())
                        .orElse(user.name()));
    }
}
