// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Accounts;
import dev.allotment.AsyncOperations;
import dev.allotment.Configuration;
import dev.allotment.CustomDomains;
import dev.allotment.CustomerId;
import dev.allotment.Customers;
import dev.allotment.ErrorCodes;
import dev.allotment.Events;
import dev.allotment.Health;
import dev.allotment.MainRecords;
import dev.allotment.Operations;
import dev.allotment.Parameters;
import dev.allotment.Plans;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SelfService;
import dev.allotment.Templates;
import dev.allotment.TenantState;
import dev.allotment.Tenants;
import dev.allotment.UsageRecords;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Access;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.Passkeys;
import dev.allotment.access.SecondFactors;
import dev.allotment.access.SignIns;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backups;
import dev.allotment.backup.Dumps;
import dev.allotment.backup.Exports;
import dev.allotment.billing.Payments;
import dev.allotment.brand.Brands;
import dev.allotment.core.internal.access.SignInUseCases;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.ConfigurationLog;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.ScopedCalls;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.database.TenantDatabaseView;
import dev.allotment.core.internal.event.EventUseCases;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.erasure.Erasures;
import dev.allotment.fleet.Campaigns;
import dev.allotment.fleet.CatalogIdentity;
import dev.allotment.fleet.Maintenance;
import dev.allotment.fleet.Reconciliation;
import dev.allotment.fleet.Servers;
import dev.allotment.identity.IdentityProviders;
import dev.allotment.identity.MailDomains;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.support.SupportAccesses;
import dev.allotment.team.Teams;
import dev.allotment.webhook.Webhooks;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The control plane, with the rights of one actor. */
final class SaasView implements Saas {
    private final CoreWiring core;
    private final Actor actor;
    private final Runnable closing;
    /** The hash of the secret of the session; null: it acts in none. */
    private final @Nullable String session;

    private final MainRecordsView records;

    SaasView(CoreWiring core, Actor actor, Runnable closing) {
        this(core, actor, closing, null);
    }

    private SaasView(CoreWiring core, Actor actor, Runnable closing, @Nullable String session) {
        this.core = core;
        this.actor = actor;
        this.closing = closing;
        this.session = session;
        this.records = new MainRecordsView(core, core.context.work(), actor, session);
    }

    @Override
    public String mainDatabase() {
        return core.context.mainDatabase();
    }

    @Override
    public Accounts accounts() {
        return records.accounts();
    }

    @Override
    public Customers customers() {
        return records.customers();
    }

    @Override
    public Plans plans() {
        return records.plans();
    }

    @Override
    public Servers servers() {
        return limited(Servers.class, core.fleet::useCases);
    }

    @Override
    public Templates templates() {
        return limited(Templates.class, by -> core.templates.useCases(core.spares.pool()::statistics, by));
    }

    @Override
    public Tenants tenants() {
        return limited(Tenants.class, core.tenants::useCases);
    }

    @Override
    public SelfService selfService() {
        return limited(SelfService.class, core.tenants::selfService);
    }

    @Override
    public Backups backups() {
        return limited(Backups.class, core.backups::useCases);
    }

    @Override
    public Exports exports() {
        return limited(Exports.class, core.exports::useCases);
    }

    @Override
    public Dumps dumps() {
        return limited(
                Dumps.class, by -> core.creation.dumps(core.exports.places().direct(), by));
    }

    @Override
    public Erasures erasures() {
        return limited(Erasures.class, core.erasure::useCases);
    }

    @Override
    public CustomDomains customDomains() {
        return limited(CustomDomains.class, core.hosts::useCases);
    }

    @Override
    public <T extends @Nullable Object> T inTransaction(Function<? super MainRecords, ? extends T> work) {
        return core.context
                .work()
                .inTransaction(joined -> work.apply(new MainRecordsView(core, joined, actor, session)));
    }

    @Override
    public Configuration configuration() {
        return limited(Configuration.class, core.configuration::useCases);
    }

    @Override
    public Parameters parameters() {
        return records.parameters();
    }

    @Override
    public Access access() {
        return limited(Access.class, core.access::useCases);
    }

    @Override
    public SignIns signIns() {
        return limited(SignIns.class, by -> new SignInUseCases(core.context, core.accounts, by));
    }

    @Override
    public SecondFactors secondFactors() {
        return limited(SecondFactors.class, core.accounts::secondFactors);
    }

    @Override
    public Passkeys passkeys() {
        return limited(Passkeys.class, core.accounts::passkeys);
    }

    @Override
    public IdentityProviders identityProviders() {
        return limited(IdentityProviders.class, core.identity::providers);
    }

    @Override
    public MailDomains mailDomains() {
        return limited(MailDomains.class, core.identity::mailDomains);
    }

    @Override
    public ProviderSignIns providerSignIns() {
        return limited(ProviderSignIns.class, core.identity::signIns);
    }

    @Override
    public ApiKeys apiKeys() {
        return limited(ApiKeys.class, core.accounts::apiKeys);
    }

    @Override
    public Teams teams() {
        return limited(Teams.class, core.teams::useCases);
    }

    @Override
    public Brands brands() {
        return limited(Brands.class, core.brands::useCases);
    }

    @Override
    public SupportAccesses supportAccesses() {
        return limited(SupportAccesses.class, core.support::useCases);
    }

    @Override
    public Operations operations() {
        return limited(Operations.class, core.operations::useCases);
    }

    @Override
    public Campaigns campaigns() {
        return limited(Campaigns.class, core.campaigns::useCases);
    }

    @Override
    public AsyncOperations async() {
        return limited(AsyncOperations.class, by -> new AsyncUseCases(core, by));
    }

    @Override
    public Events events() {
        return limited(Events.class, by -> new EventUseCases(core.context, core.events, by));
    }

    @Override
    public Payments payments() {
        return limited(Payments.class, core.payments::useCases);
    }

    @Override
    public Webhooks webhooks() {
        return limited(Webhooks.class, core.webhooks::useCases);
    }

    @Override
    public UsageRecords usage() {
        return limited(UsageRecords.class, core.usage::useCases);
    }

    @Override
    public CatalogIdentity catalogIdentity() {
        return limited(CatalogIdentity.class, core.reconciliation::catalogIdentity);
    }

    @Override
    public Reconciliation reconciliation() {
        return limited(Reconciliation.class, core.reconciliation::useCases);
    }

    @Override
    public Maintenance maintenance() {
        return limited(Maintenance.class, core.maintenance::useCases);
    }

    @Override
    public TenantDatabase database(String name) {
        StoredTenant tenant = core.context
                .catalog()
                .transact(tx -> TenantRows.byName(tx, name))
                .filter(each -> each.state() == TenantState.OPEN || each.state() == TenantState.SUSPENDED)
                .filter(each ->
                        !actor.limitedToTenants() || RecordTypes.TENANTS.matches(each, TenantLookup.visibleTo(actor)))
                .orElseThrow(() -> TenantDatabaseView.unknown(name));
        Actor present = present();
        if (present.portal()) {
            throw actor.refused("enter tenant databases from the main database");
        }
        if (!actor.scope().equals(ApiKeyScope.READ_ONLY)) {
            ScopedCalls.requireEverything(actor.scope());
        }
        ApiKeyScope scope = present.unlimited() ? actor.scope() : ApiKeyScope.READ_ONLY;
        return core.databaseViews.of(tenant, MemberActor.host(scope, actor.clientAddress()));
    }

    @Override
    public Saas actingAs(UserId id) {
        return actingAs(id, null);
    }

    @Override
    public Saas actingAs(UserId id, @Nullable String clientAddress) {
        present().requireSelf(id, "act as another user");
        if (actor.user() != null && !actor.user().id().equals(id)) {
            ScopedCalls.requireEverything(actor.scope());
        }
        Optional<User> recent = core.signIn.accounts().recent(Place.MAIN, id.value());
        return acting(recent, id, clientAddress, actor, session);
    }

    @Override
    public Saas actingInSession(UserId id, String secret, @Nullable String clientAddress) {
        if (actor.user() != null) {
            throw actor.refused("act in a session of a user");
        }
        String hash = Secrets.hash(secret);
        ApiKeyScope scope = core.context.catalog().transact(tx -> SessionRows.scope(tx, hash, id));
        return acting(
                core.signIn.accounts().recent(Place.MAIN, id.value()), id, clientAddress, actor.limitedTo(scope), hash);
    }

    @Override
    public Saas actingAs(ApiKeyHolder holder, @Nullable String clientAddress) {
        if (actor.user() != null) {
            throw actor.refused("act with the API key of a user");
        }
        return acting(
                core.signIn.accountKeys().recent(Place.MAIN, holder.key()),
                new UserId(holder.userId()),
                clientAddress,
                actor.withKey(holder.scope()),
                null);
    }

    private Saas acting(
            Optional<User> recent, UserId id, @Nullable String clientAddress, Actor by, @Nullable String inSession) {
        ApiKeyScope scope = by.scope();
        User user = recent.or(() -> core.context
                        .catalog()
                        .transact(tx -> tx.records(RecordTypes.USERS).find(id.value()))
                        .filter(User::active))
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
        CustomerId customer = scope.customer() != null && user.portal() ? scope.customer() : user.customerId();
        Actor acting = new Actor(user, clientAddress, scope, by.byKey(), customer);
        return new SaasView(core, acting, () -> {}, inSession);
    }

    @Override
    public Saas actingFor(CustomerId customer) {
        boolean within =
                actor.scope().customer() == null || actor.scope().customer().equals(customer);
        Actor acting = actor.actingFor(customer);
        core.context.catalog().transact(tx -> {
            Actor present = Door.present(tx, acting);
            boolean member = !present.portal() || present.member() != null;
            if (!within
                    || !member
                    || tx.records(RecordTypes.CUSTOMERS).find(customer.value()).isEmpty()) {
                throw TeamRows.missing(customer);
            }
            return null;
        });
        return new SaasView(core, acting, () -> {}, session);
    }

    @Override
    public Optional<Saas> withMasterPassword(String password) {
        return withMasterPassword(password, null);
    }

    @Override
    public Optional<Saas> withMasterPassword(String password, @Nullable String clientAddress) {
        ScopedCalls.requireEverything(actor.scope());
        return core.signIn.masterPassword().matches(password, clientAddress)
                ? Optional.of(new SaasView(core, new Actor(null, clientAddress), () -> {}))
                : Optional.empty();
    }

    @Override
    public void changeMasterPassword(String newPassword) {
        ScopedCalls.requireEverything(actor.scope());
        present().requireAdministrator("change the master password");
        core.signIn.masterPassword().change(newPassword);
        ConfigurationLog.changed(actor, "The master password was changed");
    }

    @Override
    public boolean forgetMasterPassword() {
        ScopedCalls.requireEverything(actor.scope());
        present().requireAdministrator("change the master password");
        boolean known = core.signIn.masterPassword().forget();
        if (known) {
            ConfigurationLog.changed(actor, "The master password that was changed at run time was forgotten");
        }
        return known;
    }

    @Override
    public boolean isOpen() {
        return core.servers.registry().isOpen();
    }

    @Override
    public Health health() {
        return core.backend.health();
    }

    @Override
    public void close() {
        closing.run();
    }

    /** The actor with its stored account. */
    private Actor present() {
        return actor.user() == null ? actor : core.context.catalog().transact(tx -> Door.present(tx, actor));
    }

    private <T> T limited(Class<T> api, Function<Actor, T> useCases) {
        return records.limited(api, useCases);
    }
}
