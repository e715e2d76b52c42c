// SPDX-License-Identifier: Apache-2.0
/** The models of a tenant database, such as {@code res.users} in {@code MemberModel}; for the services only. */
@NullMarked
package dev.allotment.odoo.internal.tenant;

import org.jspecify.annotations.NullMarked;
