// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.databases.TenantWords.Badge;

/**
 * One client database, as its owner sees it.
 *
 * @param plan empty: none
 * @param left how long it may still be used
 * @param own whether it is this visitor's, and not somebody else's of the same customer
 * @param open whether one can get into it
 */
public record DatabaseCard(
        long id,
        String name,
        String plan,
        boolean trial,
        Badge state,
        String left,
        UsageMeter users,
        UsageMeter storage,
        Trend usersTrend,
        Trend storageTrend,
        boolean own,
        boolean open) {}
