// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.TenantSchema;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The hooks that the embedder registered at points of a tenant's life cycle; null if there is none. */
public record EmbedderHooks(
        List<Neutraliser> neutralisers,
        @Nullable TenantSchema tenantSchema,
        @Nullable String schemaVersion) {
    private static final Pattern SCHEMA_VERSION = Pattern.compile("\\d{1,18}(\\.\\d{1,18}){0,9}(-[A-Za-z0-9]{1,64})?");

    /** Notes the version of the tenant schema, which does not change.
     *
     * @throws SaasException {@code setting.invalid}
     */
    public static EmbedderHooks of(List<Neutraliser> neutralisers, @Nullable TenantSchema tenantSchema) {
        return new EmbedderHooks(
                neutralisers, tenantSchema, tenantSchema == null ? null : checked(tenantSchema.version()));
    }

    private static String checked(String version) {
        if (!SCHEMA_VERSION.matcher(version).matches()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "The version of a tenant schema is numbers separated by dots, and perhaps a hyphen and up to 64"
                            + " letters and digits; found " + TextRules.describe(version) + ".");
        }
        return version;
    }

    public EmbedderHooks {
        neutralisers = List.copyOf(neutralisers);
        Neutralisation.check(neutralisers);
    }
}
