// SPDX-License-Identifier: Apache-2.0
/** The models of the main database, such as {@code saas_portal.plan} in {@code PlanModel}; for the services only. */
@NullMarked
package dev.allotment.odoo.internal.main;

import org.jspecify.annotations.NullMarked;
