// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantAlias;
import dev.allotment.TenantId;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Inverse;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooTexts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code saas_portal.client.alias}: additional hosts of tenant databases. */
final class AliasModel {
    static final String NAME = "saas_portal.client.alias";

    private static final TenantAlias BLANK = new TenantAlias(0, "", new TenantId(0), Instant.EPOCH, "");

    private AliasModel() {}

    static StoredModel<Saas, TenantAlias> model() {
        return new StoredModel<>(fields())
                .creating((saas, change, values) -> {
                    TenantAlias wanted = change.apply(BLANK);
                    return saas.aliases().add(wanted.tenantId(), wanted.host()).id();
                })
                .removing((saas, id) -> saas.aliases().remove(id))
                .method(
                        "instructions",
                        MethodSignature.required("client_id", "host"),
                        (caller, arguments) -> caller.view()
                                .aliases()
                                .instructions(
                                        new TenantId(arguments.get("client_id").id()),
                                        arguments.get("host").text())
                                .<Object>map(text -> text)
                                .orElse(false));
    }

    private static ModelTableBuilder<Saas, TenantAlias> fields() {
        return new ModelTableBuilder<Saas, TenantAlias>(NAME, Saas::aliases, TenantAlias::id)
                .named(TenantAlias::host, "host")
                .text(
                        "host",
                        "Host",
                        "host",
                        TenantAlias::host,
                        (alias, host) -> new TenantAlias(
                                alias.id(),
                                OdooTexts.orEmpty(host),
                                alias.tenantId(),
                                alias.verifiedAt(),
                                alias.addedBy()))
                .reference(
                        "client_id",
                        "Client",
                        ClientModel.NAME,
                        "tenantId",
                        alias -> alias.tenantId().value(),
                        (alias, id) -> new TenantAlias(
                                alias.id(),
                                alias.host(),
                                new TenantId(id == null ? 0 : id),
                                alias.verifiedAt(),
                                alias.addedBy()))
                .instant("verified_date", "Verified on", "verifiedAt", TenantAlias::verifiedAt)
                .text("added_by", "Added by", "addedBy", TenantAlias::addedBy);
    }

    /** Returns the field of {@code saas_portal.client} that lists the aliases. */
    static Field<Saas, Tenant> inverse() {
        return Field.<Saas, Tenant>of("alias_ids", FieldType.ONE2MANY, "Hosts", null, AliasModel::of)
                .referringTo(NAME)
                .searched(References.many(
                        NAME,
                        (caller, aliases) -> tenants(caller, Filter.in(TenantAlias.ID, aliases)),
                        caller -> tenants(caller, Filter.all())));
    }

    private static List<Object> of(OdooCaller<Saas> caller, List<Tenant> tenants, boolean named) {
        return Inverse.of(
                caller.view()
                        .aliases()
                        .list(Query.where(Filter.in(
                                TenantAlias.TENANT_ID,
                                tenants.stream().map(Tenant::id).toList()))),
                tenants,
                TenantAlias::tenantId,
                TenantAlias::id,
                Tenant::id);
    }

    private static Filter<Tenant> tenants(OdooCaller<Saas> caller, Filter<TenantAlias> aliases) {
        List<TenantId> tenants = new ArrayList<>();
        caller.view().aliases().list(Query.where(aliases)).forEach(alias -> tenants.add(alias.tenantId()));
        return Filter.in(Tenant.ID, tenants.stream().distinct().toList());
    }
}
