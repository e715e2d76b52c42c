// SPDX-License-Identifier: Apache-2.0
/**
 * The engine of Odoo's models: fields, tables, domains, reading and changing records; for the packages that define
 * models.
 */
@NullMarked
package dev.allotment.odoo.internal.model;

import org.jspecify.annotations.NullMarked;
