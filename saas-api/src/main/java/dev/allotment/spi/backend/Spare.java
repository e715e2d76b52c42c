// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

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
        long id, UUID uuid, String name, TemplateId templateId, ServerId serverId, boolean ready, Instant createdAt) {}
