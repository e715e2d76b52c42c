// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.TemplateId;
import java.time.Instant;
import java.util.UUID;

/**
 * A copy of a template that waits to become somebody's database, whose identity it brings. Nobody connects to it.
 *
 * @param name unique; of the database as long as it waits
 * @param ready whether it may be taken; else it is being made or thrown away
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
}
