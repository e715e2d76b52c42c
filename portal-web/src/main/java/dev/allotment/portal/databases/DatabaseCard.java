// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.databases.TenantWords.Badge;

/**
 * A tenant, as its owner sees it.
 *
 * @param plan empty if the tenant has no plan
 * @param why the database is suspended, and what its owner can do; empty unless it is suspended
 * @param payment what the visitor is shown about a payment that is missing
 * @param left the remaining time
 * @param running whether it is open to its users
 * @param open whether the visitor can open it
 */
public record DatabaseCard(
        long id,
        String name,
        String plan,
        boolean trial,
        Badge state,
        String why,
        PaymentBanner payment,
        String left,
        UsageMeter users,
        UsageMeter storage,
        Trend usersTrend,
        Trend storageTrend,
        boolean running,
        boolean open) {}
