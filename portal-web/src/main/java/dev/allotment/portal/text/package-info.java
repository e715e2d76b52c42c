// SPDX-License-Identifier: Apache-2.0
/** The texts of the pages of customers, and how they become parts of pages. For all packages of this module. */
@NullMarked
package dev.allotment.portal.text;

import org.jspecify.annotations.NullMarked;
