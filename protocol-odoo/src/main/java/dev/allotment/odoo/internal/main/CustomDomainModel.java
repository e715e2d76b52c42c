// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CustomDomain;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
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

/** {@code saas_portal.client.alias}: custom domains of tenant databases. */
final class CustomDomainModel {
    static final String NAME = "saas_portal.client.alias";

    private static final CustomDomain BLANK = new CustomDomain(0, "", new TenantId(0), Instant.EPOCH, "");

    private CustomDomainModel() {}

    static StoredModel<Saas, CustomDomain> model() {
        return new StoredModel<>(fields())
                .creating((saas, change, values) -> {
                    CustomDomain wanted = change.apply(BLANK);
                    return saas.customDomains()
                            .add(wanted.tenantId(), wanted.host())
                            .id();
                })
                .removing((saas, id) -> saas.customDomains().remove(id))
                .method(
                        "instructions",
                        MethodSignature.required("client_id", "host"),
                        (caller, arguments) -> caller.view()
                                .customDomains()
                                .instructions(
                                        new TenantId(arguments.get("client_id").id()),
                                        arguments.get("host").text())
                                .<Object>map(text -> text)
                                .orElse(false));
    }

    private static ModelTableBuilder<Saas, CustomDomain> fields() {
        return new ModelTableBuilder<Saas, CustomDomain>(NAME, Saas::customDomains, CustomDomain::id)
                .named(CustomDomain::host, "host")
                .text(
                        "host",
                        "Host",
                        "host",
                        CustomDomain::host,
                        (domain, host) -> new CustomDomain(
                                domain.id(),
                                OdooTexts.orEmpty(host),
                                domain.tenantId(),
                                domain.verifiedAt(),
                                domain.addedBy()))
                .reference(
                        "client_id",
                        "Client",
                        ClientModel.NAME,
                        "tenantId",
                        domain -> domain.tenantId().value(),
                        (domain, id) -> new CustomDomain(
                                domain.id(),
                                domain.host(),
                                new TenantId(id == null ? 0 : id),
                                domain.verifiedAt(),
                                domain.addedBy()))
                .instant("verified_date", "Verified on", "verifiedAt", CustomDomain::verifiedAt)
                .text("added_by", "Added by", "addedBy", CustomDomain::addedBy);
    }

    /** Returns the field of {@code saas_portal.client} that lists the custom domains. */
    static Field<Saas, Tenant> inverse() {
        return Field.<Saas, Tenant>of("alias_ids", FieldType.ONE2MANY, "Hosts", null, CustomDomainModel::of)
                .referringTo(NAME)
                .searched(References.many(
                        NAME,
                        (caller, domains) -> tenants(caller, Filter.in(CustomDomain.ID, domains)),
                        caller -> tenants(caller, Filter.all())));
    }

    private static List<Object> of(OdooCaller<Saas> caller, List<Tenant> tenants, boolean named) {
        return Inverse.of(
                caller.view()
                        .customDomains()
                        .list(Query.where(Filter.in(
                                CustomDomain.TENANT_ID,
                                tenants.stream().map(Tenant::id).toList()))),
                tenants,
                CustomDomain::tenantId,
                CustomDomain::id,
                Tenant::id);
    }

    private static Filter<Tenant> tenants(OdooCaller<Saas> caller, Filter<CustomDomain> domains) {
        List<TenantId> tenants = new ArrayList<>();
        caller.view().customDomains().list(Query.where(domains)).forEach(domain -> tenants.add(domain.tenantId()));
        return Filter.in(Tenant.ID, tenants.stream().distinct().toList());
    }
}
