// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The restore drill that ended last, of those with a result.
 *
 * @param tenant the tenant whose backup was restored
 * @param backup the backup that was restored
 * @param endedAt when it ended
 * @param errorCode the error code if it failed, such as {@code backup.damaged}; null if it succeeded
 */
public record LastDrill(
        TenantId tenant,
        BackupId backup,
        Instant endedAt,
        @Nullable String errorCode) {}
