// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CustomDomain;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.testing.MemoryBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Checks what must be true whenever no operation is running, regardless of what happened before. */
public final class Consistency {
    /** The server for which the storage reports whether a database is open. */
    private static final ServerId FIRST = new ServerId(1);

    private final MemoryBackend storage;
    private final Map<ServerId, Databases> servers = new HashMap<>();

    private Consistency(MemoryBackend storage) {
        this.storage = storage;
        for (Server server : all(storage, RecordTypes.SERVERS)) {
            servers.put(server.id(), storage.databases(server));
        }
    }

    /** Compares catalog and databases of all servers, down to the parameters inside. */
    public static void check(MemoryBackend storage) {
        new Consistency(storage).check();
    }

    public static <R extends Record> List<R> all(MemoryBackend storage, RecordType<R> type) {
        return storage.catalog().transact(tx -> tx.records(type).list(Query.all()));
    }

    private void check() {
        assertThat(all(storage, RecordTypes.OPERATIONS))
                .as("no operation is left running")
                .noneMatch(each -> each.state() == OperationState.RUNNING);
        servers.forEach((server, databases) -> assertThat(
                        Objects.requireNonNull(databases.replication()).operations())
                .as("replications from server %s", server)
                .isEmpty());
        List<DatabaseRef> expected = new ArrayList<>();
        Map<String, DatabaseRef> holders = new HashMap<>();
        for (StoredTenant tenant : all(storage, RecordTypes.TENANTS)) {
            assertThat(tenant.nextSyncAt() != null)
                    .as("its size is read regularly while it is in use")
                    .isEqualTo(tenant.state().live());
            if (tenant.state() == TenantState.DELETED) {
                assertThat(tenant.deletedAt()).isNotNull();
            } else if (tenant.state() == TenantState.RETAINED) {
                assertThat(tenant.deletedAt()).isNotNull();
                assertThat(tenant.nextCheckAt()).isNotNull().isAfterOrEqualTo(tenant.retainedUntil());
                expected.add(new DatabaseRef(tenant.name(), tenant.uuid()));
                holders.put(tenant.name(), new DatabaseRef(tenant.name(), tenant.uuid()));
                checkClosed(tenant.serverId(), tenant.name());
            } else {
                assertThat(tenant.state()).isIn(TenantState.OPEN, TenantState.SUSPENDED);
                assertThat(tenant.suspendedFor().isEmpty())
                        .as("suspended exactly while there is a cause, for %s", tenant.suspendedFor())
                        .isEqualTo(tenant.state() == TenantState.OPEN);
                expected.add(new DatabaseRef(tenant.name(), tenant.uuid()));
                holders.put(tenant.name(), new DatabaseRef(tenant.name(), tenant.uuid()));
            }
        }
        for (CustomDomain domain : all(storage, RecordTypes.CUSTOM_DOMAINS)) {
            StoredTenant tenant = all(storage, RecordTypes.TENANTS).stream()
                    .filter(each ->
                            each.id().equals(domain.tenantId()) && each.state().hasDatabase())
                    .findFirst()
                    .orElseThrow();
            holders.put(domain.host(), new DatabaseRef(domain.host(), tenant.uuid()));
        }
        for (Template template : all(storage, RecordTypes.TEMPLATES)) {
            assertThat(template.state()).isEqualTo(TemplateState.READY);
            expected.add(DatabaseRefs.of(template));
            holders.put(template.name(), DatabaseRefs.of(template));
        }
        for (Spare spare : all(storage, RecordTypes.SPARES)) {
            assertThat(spare.ready()).as("spare %s is ready", spare.name()).isTrue();
            expected.add(DatabaseRefs.of(spare));
            holders.put(spare.name(), DatabaseRefs.of(spare));
        }
        assertThat(servers.values().stream().flatMap(each -> each.list().stream()))
                .as("every live tenant, template and spare has its database, and there is no other")
                .containsExactlyInAnyOrderElementsOf(expected);
        checkNames(holders);
        all(storage, RecordTypes.TENANTS).stream()
                .filter(tenant -> tenant.state().live())
                .forEach(this::checkInside);
        all(storage, RecordTypes.TEMPLATES).forEach(template -> checkClosed(template.serverId(), template.name()));
        all(storage, RecordTypes.SPARES).forEach(spare -> checkClosed(spare.serverId(), spare.name()));
        checkTokens();
    }

    private void checkClosed(ServerId server, String database) {
        if (server.equals(FIRST)) {
            assertThat(storage.isOpen(database)).as("%s is closed", database).isFalse();
        }
    }

    private void checkNames(Map<String, DatabaseRef> holders) {
        Map<String, DatabaseRef> held = new HashMap<>();
        for (ReservedName name : all(storage, RecordTypes.RESERVED_NAMES)) {
            if (name.until() == null) {
                held.put(name.name(), new DatabaseRef(name.name(), name.holder()));
            }
        }
        assertThat(held).as("names are reserved by the tenants that have them").isEqualTo(holders);
    }

    private void checkInside(StoredTenant tenant) {
        if (tenant.serverId().equals(FIRST)) {
            assertThat(storage.isOpen(tenant.name()))
                    .as("the application can connect to an open database, but not to a suspended one")
                    .isEqualTo(tenant.state() == TenantState.OPEN);
        }
        Databases databases = Objects.requireNonNull(servers.get(tenant.serverId()));
        DatabaseRef ref = new DatabaseRef(tenant.name(), tenant.uuid());
        Map<String, String> parameters = databases.transact(ref, tx -> {
            Map<String, String> values = new HashMap<>();
            tx.records(RecordTypes.PARAMETERS).list(Query.all()).forEach(each -> values.put(each.key(), each.value()));
            return values;
        });
        assertThat(parameters)
                .containsEntry(Parameter.DATABASE_UUID, tenant.uuid().toString())
                .containsEntry(Parameter.MAX_USERS, Integer.toString(tenant.maxUsers()))
                .containsEntry(Parameter.STORAGE_LIMIT_MB, Integer.toString(tenant.storageLimitMb()))
                .containsEntry(Parameter.SUSPENDED, tenant.state() == TenantState.SUSPENDED ? "1" : "0");
        Map<String, String> entitlements = new HashMap<>();
        tenant.entitlements().forEach((name, each) -> entitlements.put(Parameter.ENTITLEMENT + name, each.text()));
        parameters.keySet().removeIf(key -> !key.startsWith(Parameter.ENTITLEMENT));
        assertThat(parameters).as("entitlements in %s", tenant.name()).isEqualTo(entitlements);
        List<Member> members =
                databases.transact(ref, tx -> tx.records(RecordTypes.MEMBERS).list(Query.all()));
        assertThat(members).extracting(Member::id).contains(Member.ADMINISTRATOR);
        List<String> owners =
                members.stream().filter(Member::owner).map(Member::login).toList();
        assertThat(owners).as("owner of %s", tenant.name()).isEqualTo(ownerLogins(tenant));
    }

    private List<String> ownerLogins(StoredTenant tenant) {
        return all(storage, RecordTypes.USERS).stream()
                .filter(user -> user.id().equals(tenant.ownerId()))
                .map(User::login)
                .toList();
    }

    private void checkTokens() {
        List<StoredTenant> open = all(storage, RecordTypes.TENANTS).stream()
                .filter(tenant -> tenant.state().live())
                .toList();
        assertThat(all(storage, RecordTypes.ACCESS_TOKENS))
                .extracting(AccessToken::tenantId)
                .as("access tokens belong to existing tenants")
                .allMatch(id -> open.stream().anyMatch(tenant -> tenant.id().equals(id)));
    }
}
