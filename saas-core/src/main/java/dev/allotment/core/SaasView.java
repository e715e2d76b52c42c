// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Access;
import dev.allotment.Accounts;
import dev.allotment.Aliases;
import dev.allotment.AsyncOperations;
import dev.allotment.Configuration;
import dev.allotment.Customers;
import dev.allotment.ErrorCodes;
import dev.allotment.Events;
import dev.allotment.Health;
import dev.allotment.MainRecords;
import dev.allotment.Maintenance;
import dev.allotment.Operations;
import dev.allotment.Parameters;
import dev.allotment.Plans;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SelfService;
import dev.allotment.Servers;
import dev.allotment.Templates;
import dev.allotment.Tenant;
import dev.allotment.TenantDatabase;
import dev.allotment.TenantState;
import dev.allotment.Tenants;
import dev.allotment.UsageRecords;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.backend.RecordTypes;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The control plane, with the rights of one actor. */
final class SaasView implements Saas {
    private final ControlPlane plane;
    private final Actor actor;
    private final MasterPassword master;
    private final Runnable closing;

    SaasView(ControlPlane plane, Actor actor, MasterPassword master, Runnable closing) {
        this.plane = plane;
        this.actor = actor;
        this.master = master;
        this.closing = closing;
    }

    @Override
    public String mainDatabase() {
        return plane.mainDatabase;
    }

    @Override
    public Accounts accounts() {
        return records(plane.place).accounts();
    }

    @Override
    public Customers customers() {
        return records(plane.place).customers();
    }

    @Override
    public Plans plans() {
        return records(plane.place).plans();
    }

    @Override
    public Servers servers() {
        return new ServerUseCases(plane, actor, tenantUseCases());
    }

    @Override
    public Templates templates() {
        return new TemplateUseCases(plane, actor);
    }

    @Override
    public Tenants tenants() {
        return tenantUseCases();
    }

    @Override
    public SelfService selfService() {
        return new SelfServiceUseCases(plane, actor);
    }

    @Override
    public Aliases aliases() {
        return new AliasUseCases(plane, actor, tenantUseCases());
    }

    private MainRecords records(Place place) {
        return new MainRecordsView(plane, place, actor);
    }

    @Override
    public <T extends @Nullable Object> T inTransaction(Function<? super MainRecords, ? extends T> work) {
        return plane.place.inTransaction(place -> work.apply(records(place)));
    }

    private TenantUseCases tenantUseCases() {
        return new TenantUseCases(plane, actor);
    }

    @Override
    public Configuration configuration() {
        return new ConfigurationUseCases(plane, actor);
    }

    @Override
    public Parameters parameters() {
        return records(plane.place).parameters();
    }

    @Override
    public Access access() {
        return new AccessUseCases(plane, actor, tenantUseCases());
    }

    @Override
    public Operations operations() {
        return new OperationUseCases(plane, actor);
    }

    @Override
    public AsyncOperations async() {
        return new AsyncUseCases(plane, actor);
    }

    @Override
    public Events events() {
        return new EventUseCases(plane, actor);
    }

    @Override
    public UsageRecords usage() {
        return new UsageUseCases(plane, actor);
    }

    @Override
    public Maintenance maintenance() {
        return new MaintenanceUseCase(plane, actor);
    }

    @Override
    public TenantDatabase database(String name) {
        Tenant tenant = plane.catalog
                .transact(tx -> ControlPlane.tenantByName(tx, name))
                .filter(each -> each.state() == TenantState.OPEN || each.state() == TenantState.SUSPENDED)
                .orElseThrow(() -> TenantDatabaseView.unknown(name));
        if (!actor.administrator()) {
            throw actor.refused("enter client databases from the main database");
        }
        return new TenantDatabaseView(plane, tenant, MemberActor.HOST);
    }

    @Override
    public Saas actingAs(UserId id) {
        return actingAs(id, null);
    }

    @Override
    public Saas actingAs(UserId id, @Nullable String clientAddress) {
        actor.requireSelf(id, "act as another user");
        User user = plane.users
                .recent(AccountUseCases.MAIN, id.value())
                .or(() -> plane.catalog
                        .transact(tx -> tx.records(RecordTypes.USERS).find(id.value()))
                        .filter(User::active))
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
        return new SaasView(plane, new Actor(user, clientAddress), master, () -> {});
    }

    @Override
    public Optional<Saas> withMasterPassword(String password) {
        return withMasterPassword(password, null);
    }

    @Override
    public Optional<Saas> withMasterPassword(String password, @Nullable String clientAddress) {
        return master.matches(password, clientAddress)
                ? Optional.of(new SaasView(plane, new Actor(null, clientAddress), master, () -> {}))
                : Optional.empty();
    }

    @Override
    public void changeMasterPassword(String newPassword) {
        actor.requireAdministrator("change the master password");
        master.change(newPassword);
    }

    @Override
    public Health health() {
        return plane.backend.health();
    }

    @Override
    public void close() {
        closing.run();
    }
}
