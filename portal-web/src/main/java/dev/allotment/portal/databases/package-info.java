// SPDX-License-Identifier: Apache-2.0
/** Pages for one's own client databases: the list, starting one, renaming and deleting. For this module only. */
@NullMarked
package dev.allotment.portal.databases;

import org.jspecify.annotations.NullMarked;
