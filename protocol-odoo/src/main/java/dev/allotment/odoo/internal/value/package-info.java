// SPDX-License-Identifier: Apache-2.0
/**
 * Arguments and values of a call, and the text formats of Odoo and Python; for the other packages of this module
 * only.
 */
@NullMarked
package dev.allotment.odoo.internal.value;

import org.jspecify.annotations.NullMarked;
