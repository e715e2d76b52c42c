// SPDX-License-Identifier: Apache-2.0
/** The catalog's database: its connections, its creation and its migration. Used by the rest of this backend only. */
@NullMarked
package dev.allotment.h2.catalog;

import org.jspecify.annotations.NullMarked;
