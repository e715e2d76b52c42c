// SPDX-License-Identifier: Apache-2.0
/**
 * Services, models, domain language and rights of the external API of Odoo, independent of a wire format. For codecs;
 * not yet stable.
 */
@NullMarked
package dev.allotment.odoo;

import org.jspecify.annotations.NullMarked;
