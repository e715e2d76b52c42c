// SPDX-License-Identifier: Apache-2.0
/** Erases customers: their tenants, and everything in the catalog that names them. For use inside this module only. */
@NullMarked
package dev.allotment.core.internal.erasure;

import org.jspecify.annotations.NullMarked;
