// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The tenant that an operator names on the command line: by its name, a host, its UUID or its number. */
final class NamedTenant {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern IDENTITY = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private NamedTenant() {}

    /** @throws SaasException {@code record.missing} */
    static Tenant find(Saas saas, String text) {
        return saas.tenants()
                .findByName(text)
                .or(() -> saas.tenants().findByHost(text))
                .or(() -> byIdentity(saas, text))
                .or(() -> byNumber(saas, text))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "There is no tenant \"" + text + "\". Give its name, a host, its UUID or its number."));
    }

    private static Optional<Tenant> byIdentity(Saas saas, String text) {
        return IDENTITY.matcher(text).matches()
                ? saas.tenants().list(Query.where(Filter.equal(Tenant.UUID, UUID.fromString(text)))).stream()
                        .findFirst()
                : Optional.empty();
    }

    private static Optional<Tenant> byNumber(Saas saas, String text) {
        return NUMBER.matcher(text).matches()
                ? saas.tenants().find(new TenantId(Long.parseLong(text)))
                : Optional.empty();
    }
}
