// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.databases.UsageMeter;

/** A tenant in a list. */
public record DatabaseRow(
        long id,
        String name,
        Badge state,
        String plan,
        String owner,
        UsageMeter users,
        UsageMeter storage,
        String left) {}
