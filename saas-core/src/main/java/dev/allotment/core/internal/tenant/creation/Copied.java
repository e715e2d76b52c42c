// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.EventType;
import dev.allotment.Parameter;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.backup.RefusedParts;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The origin of a tenant that gets the content of another one, with the files of the application. */
sealed interface Copied extends Origin permits CopyOf, FromBackup, FromImport, FromDump {
    InputCodec<Manner> MANNER = InputCodec.of(Manner.class);

    /**
     * How content is copied, regardless of where it comes from.
     *
     * @param neutralisers those that must run
     * @param unchanged whether the content is not neutralised
     * @param files whether the files of the application are copied, so that only a node that has them can continue
     */
    record Manner(List<String> neutralisers, boolean unchanged, boolean files) {}

    static Reservation.Draft draft(
            Reservation reservation,
            Reservation.Terms terms,
            StoredTenant.Builder tenant,
            boolean neutralise,
            Copied origin) {
        TenantContent content = reservation.tools().content();
        Manner manner = new Manner(
                content.neutralisation().names(), !neutralise, content.files().exist());
        return Reservation.draft(terms, tenant, origin, MANNER.write(manner), false);
    }

    /** The identity of the tenant that had the content. */
    UUID sourceUuid();

    /** The details that the event has in addition to those of other copies. */
    Map<String, String> sourceDetails();

    @Override
    default boolean canContinue(CreationTools tools, StoredOperation operation) {
        return tools.content().files().exist() || !MANNER.read(operation).files();
    }

    @Override
    default boolean takesLong() {
        return true;
    }

    /** Neutralisers are written for the present tables. */
    @Override
    default NewTenant configure(Creation copied) {
        Creation creation = copied.with(copied.migrated());
        Filling filling = Filling.of(creation, this);
        return creation.filled(
                () -> creation.content().databases().<Optional<MemberId>>configure(creation.tenant(), filling::in));
    }

    @Override
    default Consumer<DatabaseTransaction> filling(Creation creation) {
        StoredTenant tenant = creation.tenant();
        Manner manner = MANNER.read(creation.operation());
        AddonInstaller installer = creation.content().addons().on(tenant.serverId());
        return tx -> {
            if (!manner.unchanged()) {
                creation.content().neutralisation().apply(tx, manner.neutralisers(), tenant, installer);
            }
        };
    }

    @Override
    default NewTenant opened(Creation creation) {
        Optional<Parameter> neutralised = creation.content()
                .databases()
                .transact(creation.tenant(), tx -> ParameterRows.find(tx, Parameter.NEUTRALISED));
        return creation.known().neutralisedBy(neutralised.map(Parameter::value).orElse(""));
    }

    @Override
    default EventType event() {
        return EventType.BACKUP_RESTORED;
    }

    @Override
    default Map<String, String> eventDetails(Creation creation) {
        StoredTenant tenant = creation.tenant();
        Map<String, String> details = new HashMap<>(sourceDetails());
        details.put("name", tenant.name());
        details.put("source", sourceUuid().toString());
        details.put("server", tenant.serverId().toString());
        details.put("neutralised", creation.known().neutralised());
        if (tenant.previewOf() != null) {
            details.put("expiresAt", String.valueOf(tenant.expiresAt()));
        }
        return details;
    }

    @Override
    default void discardRest(Creation creation) {
        creation.content().files().delete(creation.tenant().uuid());
    }

    @Override
    default String leftovers(StoredOperation operation) {
        return "."
                + (MANNER.read(operation).files()
                        ? " So may files of the application under the UUID of this database."
                        : "");
    }

    /** Records what the database server refuses of the content. */
    static RefusedParts refused(Creation creation) {
        StoredTenant tenant = creation.tenant();
        return new RefusedParts(creation.tools().context(), creation.operation(), tenant.id(), tenant.name());
    }
}
