// SPDX-License-Identifier: Apache-2.0
/** Exports of tenants and of customers. For use inside this module only. */
@NullMarked
package dev.allotment.core.internal.export;

import org.jspecify.annotations.NullMarked;
