// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A command to create an API key for the acting user. Immutable.
 *
 * @param name what the user calls it: not blank, at most 256 characters
 * @param scope what a caller with it may do
 * @param expiresAt when it expires, at most 90 days from now; null: never. Administrators may choose any time
 */
public record NewApiKey(
        String name, ApiKeyScope scope, @Nullable Instant expiresAt) {}
