/** Every row of the wire contract, through the services, over the real core with a backend in memory. */
@NullMarked
package dev.allotment.odoo;

import org.jspecify.annotations.NullMarked;
