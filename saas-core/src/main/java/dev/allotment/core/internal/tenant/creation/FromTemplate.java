// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.TemplateId;
import dev.allotment.core.internal.spare.SourceChoice;
import dev.allotment.spi.backend.DatabaseRef;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant whose database is a copy of that of a template.
 *
 * @param sourceName the name of the template's database
 * @param sourceUuid the identity of the template's database
 * @param unfinishedTemplate the template, if it has to be built on this server first; null: it is ready
 * @param outdatedAddons the add-ons that are newer than in the template
 */
record FromTemplate(
        String sourceName, UUID sourceUuid, @Nullable TemplateId unfinishedTemplate, List<String> outdatedAddons)
        implements Created {
    @Override
    public NewTenant make(Creation creation) {
        return creation.made((databases, target) -> {
            SourceChoice sources = creation.tools().sources();
            if (unfinishedTemplate != null) {
                sources.copies().makeReady(unfinishedTemplate);
            }
            sources.statistics().miss();
            databases.copy(new DatabaseRef(sourceName, sourceUuid), target);
        });
    }
}
