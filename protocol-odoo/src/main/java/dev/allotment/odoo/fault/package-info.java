// SPDX-License-Identifier: Apache-2.0
/**
 * The fault that a failed call ends with, in the terms of Odoo's clients; for codecs and for the other packages
 * of this module.
 */
@NullMarked
package dev.allotment.odoo.fault;

import org.jspecify.annotations.NullMarked;
