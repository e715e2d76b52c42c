// SPDX-License-Identifier: Apache-2.0
/** The pages of a user's own databases: list, creation, renaming and deletion. For this module only. */
@NullMarked
package dev.allotment.portal.databases;

import org.jspecify.annotations.NullMarked;
