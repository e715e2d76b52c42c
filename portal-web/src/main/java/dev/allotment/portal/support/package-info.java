// SPDX-License-Identifier: Apache-2.0
/** The pages about support access, for customers and for operators. For this module only. */
@NullMarked
package dev.allotment.portal.support;

import org.jspecify.annotations.NullMarked;
