// SPDX-License-Identifier: Apache-2.0
/**
 * The services of Odoo's external API over a control plane, without a wire format; for codecs, which call
 * {@link dev.allotment.odoo.OdooServices}. Not yet stable.
 */
@NullMarked
package dev.allotment.odoo;

import org.jspecify.annotations.NullMarked;
