// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import java.time.Instant;

/**
 * A brand that one administrator has saved and not applied.
 *
 * @param brand the brand
 * @param outdated whether another brand was applied since the draft was saved
 * @param savedAt when it was saved last
 */
public record BrandDraft(Brand brand, boolean outdated, Instant savedAt) {}
