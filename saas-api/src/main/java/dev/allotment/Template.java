// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.hook.TenantSchema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A template: a database that is cloned for new tenants. Nothing connects to it once it is ready.
 *
 * <p>A template has several records if it has several versions, or if it is stored on several servers. They share the
 * family. Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before the template is stored
 * @param name unique; the name of the database
 * @param uuid the identity of the database
 * @param serverId the database server that stores it
 * @param state whether it can be cloned
 * @param addons technical names of its add-ons with their dependencies, in the order of installation
 * @param lang the language, such as {@code en_US}
 * @param tz an IANA time zone, such as {@code UTC}
 * @param demo whether it contains demo data
 * @param createdAt when the record was created; set by the control plane
 * @param family shared by all versions of a template on all servers
 * @param version the template version, incremented when the definition changes; a plan uses one version. 0: only the
 *     name is {@linkplain Templates#reserve reserved}
 * @param hash the template fingerprint: a hash of what it was built from; empty: it was adopted and cannot be rebuilt
 * @param versions the versions of its add-ons, in the order of {@code addons}
 * @param schemaVersion the version of the embedder's tenant schema in its database, see {@link
 *     TenantSchema#version}; null: none, or unknown
 */
public record Template(
        TemplateId id,
        String name,
        UUID uuid,
        ServerId serverId,
        TemplateState state,
        List<String> addons,
        String lang,
        String tz,
        boolean demo,
        Instant createdAt,
        UUID family,
        int version,
        String hash,
        List<String> versions,
        @Nullable String schemaVersion) {
    public static final RecordField<Template, TemplateId> ID = RecordField.of("id");
    public static final RecordField<Template, String> NAME = RecordField.of("name");
    public static final RecordField<Template, UUID> UUID = RecordField.of("uuid");
    public static final RecordField<Template, ServerId> SERVER_ID = RecordField.of("serverId");
    public static final RecordField<Template, TemplateState> STATE = RecordField.of("state");
    public static final RecordField<Template, String> LANG = RecordField.of("lang");
    public static final RecordField<Template, String> TZ = RecordField.of("tz");
    public static final RecordField<Template, Boolean> DEMO = RecordField.of("demo");
    public static final RecordField<Template, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<Template, UUID> FAMILY = RecordField.of("family");
    public static final RecordField<Template, Integer> VERSION = RecordField.of("version");
    public static final RecordField<Template, String> HASH = RecordField.of("hash");
    public static final RecordField<Template, String> SCHEMA_VERSION = RecordField.of("schemaVersion");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Template {
        addons = List.copyOf(addons);
        versions = List.copyOf(versions);
    }

    /** Whether only its name is reserved so far, and it has no database. */
    public boolean reserved() {
        return version == 0;
    }

    /** This template with another fingerprint. */
    @Internal
    public Template withHash(String value) {
        return new Template(
                id,
                name,
                uuid,
                serverId,
                state,
                addons,
                lang,
                tz,
                demo,
                createdAt,
                family,
                version,
                value,
                versions,
                schemaVersion);
    }

    /** This template in another state. */
    @Internal
    public Template withState(TemplateState value) {
        return new Template(
                id,
                name,
                uuid,
                serverId,
                value,
                addons,
                lang,
                tz,
                demo,
                createdAt,
                family,
                version,
                hash,
                versions,
                schemaVersion);
    }

    /** This template with another version of the tenant schema. */
    @Internal
    public Template withSchemaVersion(@Nullable String value) {
        return new Template(
                id, name, uuid, serverId, state, addons, lang, tz, demo, createdAt, family, version, hash, versions,
                value);
    }
}
