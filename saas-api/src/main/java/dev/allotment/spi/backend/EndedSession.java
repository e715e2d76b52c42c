// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session of an application that a backend ended.
 *
 * @param uuid the identity of its database; null: unknown
 * @param reason why, as one of a few short phrases
 */
public record EndedSession(@Nullable UUID uuid, String reason) {}
