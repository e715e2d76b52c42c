// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.name;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decides how long a name stays reserved after a tenant gave it up, so that no other tenant receives its visitors. */
public record NameCoolDown(CoreContext context, Duration duration) {
    /** Returns the end of the cool-down; null: the name of this tenant does not cool down. */
    public @Nullable Instant until(StoredTenant tenant) {
        return tenant.planId() == null || tenant.previewOf() != null
                ? null
                : context.now().plus(duration);
    }
}
