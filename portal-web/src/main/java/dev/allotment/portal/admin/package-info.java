// SPDX-License-Identifier: Apache-2.0
/** The pages for administrators. For this module only. */
@NullMarked
package dev.allotment.portal.admin;

import org.jspecify.annotations.NullMarked;
