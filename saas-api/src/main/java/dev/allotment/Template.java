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
        Instant createdAt) {
    public Template {
        addons = List.copyOf(addons);
    }

    public Template withState(TemplateState value) {
        return new Template(id, name, uuid, serverId, value, addons, lang, tz, demo, createdAt);
    }

    public Template withAddons(List<String> value) {
        return new Template(id, name, uuid, serverId, state, value, lang, tz, demo, createdAt);
    }
}
