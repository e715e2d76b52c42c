// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A database that new tenants are cloned from: what a client database contains, apart from what is sold (the {@link
 * Plan}). Nobody connects to it once it is ready.
 *
 * @param name unique; the name of the database
 * @param addons technical names, in the order of installation, dependencies included
 * @param family the same for all that are built for one another: the generations of one definition, and the databases of one
 *     version on several servers
 * @param version grows when the definition changes; a plan is set to one of them
 * @param hash of all that it was built from; empty: it was not built but adopted, and cannot be built anew
 * @param versions of the add-ons, in their order
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
        List<String> versions) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Template, TemplateId> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Template, String> NAME = RecordField.of("name");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<Template, UUID> UUID = RecordField.of("uuid");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<Template, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code state}, for filters and sort keys. */
    public static final RecordField<Template, TemplateState> STATE = RecordField.of("state");

    /** The field {@code lang}, for filters and sort keys. */
    public static final RecordField<Template, String> LANG = RecordField.of("lang");

    /** The field {@code tz}, for filters and sort keys. */
    public static final RecordField<Template, String> TZ = RecordField.of("tz");

    /** The field {@code demo}, for filters and sort keys. */
    public static final RecordField<Template, Boolean> DEMO = RecordField.of("demo");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Template, Instant> CREATED_AT = RecordField.of("createdAt");

    /** The field {@code family}, for filters and sort keys. */
    public static final RecordField<Template, UUID> FAMILY = RecordField.of("family");

    /** The field {@code version}, for filters and sort keys. */
    public static final RecordField<Template, Integer> VERSION = RecordField.of("version");

    /** The field {@code hash}, for filters and sort keys. */
    public static final RecordField<Template, String> HASH = RecordField.of("hash");

    public Template {
        addons = List.copyOf(addons);
        versions = List.copyOf(versions);
    }

    public Template withState(TemplateState value) {
        return new Template(
                id, name, uuid, serverId, value, addons, lang, tz, demo, createdAt, family, version, hash, versions);
    }

    public Template withAddons(List<String> value) {
        return new Template(
                id, name, uuid, serverId, state, value, lang, tz, demo, createdAt, family, version, hash, versions);
    }
}
