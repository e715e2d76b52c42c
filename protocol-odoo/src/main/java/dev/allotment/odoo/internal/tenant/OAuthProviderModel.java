// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.Filter;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.FixedLookup;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.model.Unchanged;
import dev.allotment.odoo.internal.shared.KeptFields;
import dev.allotment.spi.backend.RecordType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code auth.oauth.provider}: the one place other than the database itself where its users can sign in. It follows
 * from the portal, so nothing about it is stored.
 */
final class OAuthProviderModel {
    static final String NAME = "auth.oauth.provider";

    private static final RecordType<OAuthProvider> TYPE = RecordType.of(OAuthProvider.class, "oauth_providers");

    /** The portal's address in an internal network. It has no effect, since one program serves portal and databases. */
    private static final KeptFields<TenantDatabase, OAuthProvider> KEPT = new KeptFields<>(
            NAME,
            OAuthProvider::id,
            TenantDatabase::parameters,
            Map.of("local_host", FieldType.CHAR, "local_port", FieldType.CHAR));

    private OAuthProviderModel() {}

    /** @param portal returns the base URL of the portal */
    static StoredModel<TenantDatabase, OAuthProvider> model(Supplier<String> portal) {
        Function<TenantDatabase, FixedLookup<OAuthProvider>> lookup = database -> new FixedLookup<>(
                TYPE,
                List.of(provider(database, portal)),
                () -> database.parameters().count(Filter.none()));
        return new StoredModel<>(new ModelTableBuilder<TenantDatabase, OAuthProvider>(NAME, lookup, OAuthProvider::id)
                        .named(OAuthProvider::name, "name")
                        .ordered("name")
                        .text("name", "Provider name", "name", OAuthProvider::name)
                        .field(fixed(
                                "client_id",
                                "Client ID",
                                each -> each.clientId().toString()))
                        .field(fixed("auth_endpoint", "Authorization URL", OAuthProvider::authEndpoint))
                        .field(fixed("validation_endpoint", "UserInfo URL", OAuthProvider::validationEndpoint))
                        .unchanged("client_id", each -> each.clientId().toString(), "it is the database's UUID")
                        .unchanged("auth_endpoint", OAuthProvider::authEndpoint, "it is an address of the portal")
                        .unchanged(
                                "validation_endpoint",
                                OAuthProvider::validationEndpoint,
                                "it is an address of the portal")
                        .field(KEPT.field("local_host", "Local IP"))
                        .field(KEPT.field("local_port", "Local Port")))
                .updating((database, id, change, values) -> {
                    Unchanged.check(change, provider(database, portal));
                    database.inTransaction(records -> {
                        KEPT.store(records.parameters(), id, values);
                        return true;
                    });
                });
    }

    private static OAuthProvider provider(TenantDatabase database, Supplier<String> portal) {
        return new OAuthProvider(1, "SaaS Portal", database.tenant().uuid(), portal.get());
    }

    private static Field<TenantDatabase, OAuthProvider> fixed(
            String name, String label, Function<OAuthProvider, Object> read) {
        return Field.of(name, FieldType.CHAR, label, null, ModelTableBuilder.plain(read));
    }
}
