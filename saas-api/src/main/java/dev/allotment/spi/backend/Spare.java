// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.TemplateId;
import java.time.Instant;
import java.util.UUID;

/**
 * A ready copy of a template that a new tenant can claim. Nothing connects to it.
 *
 * @param id 0 before it is stored
 * @param uuid the identity of the database, which becomes that of its tenant
 * @param name unique; the name of the database until it is claimed
 * @param templateId its template
 * @param serverId the database server that stores it
 * @param ready whether it can be claimed; otherwise it is being built or removed
 * @param createdAt when it was created
 */
public record Spare(
        long id, UUID uuid, String name, TemplateId templateId, ServerId serverId, boolean ready, Instant createdAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Spare, Long> ID = RecordField.of("id");

    /** The field {@code uuid}, for filters and sort keys. */
    public static final RecordField<Spare, UUID> UUID = RecordField.of("uuid");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Spare, String> NAME = RecordField.of("name");

    /** The field {@code templateId}, for filters and sort keys. */
    public static final RecordField<Spare, TemplateId> TEMPLATE_ID = RecordField.of("templateId");

    /** The field {@code serverId}, for filters and sort keys. */
    public static final RecordField<Spare, ServerId> SERVER_ID = RecordField.of("serverId");

    /** The field {@code ready}, for filters and sort keys. */
    public static final RecordField<Spare, Boolean> READY = RecordField.of("ready");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<Spare, Instant> CREATED_AT = RecordField.of("createdAt");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public Spare {}
}
