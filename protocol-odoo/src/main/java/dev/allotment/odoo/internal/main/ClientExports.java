// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.backup.ExportId;
import dev.allotment.backup.PreparedExport;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.odoo.internal.value.Value;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The methods of {@code saas_portal.client} that prepare and download exports. */
final class ClientExports {
    private static final String KEY = "idempotency_key";
    private static final String EXPORT = "export";
    private static final String PART = "part";
    /** The size of a part. Client and server both hold it in memory. A number of bytes may be too large for XML-RPC. */
    private static final int PART_BYTES = 1 << 20;

    private ClientExports() {}

    static StoredModel<Saas, Tenant> methods(StoredModel<Saas, Tenant> clients) {
        return clients.onRecord(
                        "prepare_export",
                        MethodSignature.required("ids").optional(KEY),
                        (caller, tenant, arguments) -> caller.view()
                                .async()
                                .prepareExport(tenant.id(), arguments.get(KEY).optionalText())
                                .id()
                                .value())
                .onRecords("prepared_exports", MethodSignature.required("ids"), ClientExports::list)
                .onRecord("read_export", MethodSignature.required("ids", EXPORT, PART), ClientExports::read);
    }

    private static Object list(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        List<Object> exports = new ArrayList<>();
        tenants.forEach(tenant ->
                caller.view().exports().prepared(tenant.id()).ifPresent(export -> exports.add(fields(tenant, export))));
        return exports;
    }

    private static Map<String, Object> fields(Tenant tenant, PreparedExport export) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", export.id().toString());
        fields.put("client_id", tenant.uuid().toString());
        fields.put("name", export.name());
        fields.put("create_date", Timestamps.format(export.madeAt()));
        fields.put("expiration_date", Timestamps.format(export.expiresAt()));
        fields.put("bytes", export.bytes());
        fields.put("parts", (export.bytes() + PART_BYTES - 1) / PART_BYTES);
        return fields;
    }

    private static Object read(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        Value given = arguments.get(EXPORT);
        UUID uuid = given.uuid();
        if (uuid == null) {
            throw given.wrong("the id of a prepared export");
        }
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        long offset = (long) arguments.get(PART).integer() * PART_BYTES;
        caller.view().exports().download(new ExportId(uuid), offset, PART_BYTES, part);
        return Base64.getEncoder().encodeToString(part.toByteArray());
    }
}
